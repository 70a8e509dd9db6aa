/** The outputs of `kubectl get`: tables for people, and every other format. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { Context } from '../context.ts';
import { CommandError } from '../errors.ts';
import type { Values } from '../flags/values.ts';
import { columnsText, parseColumns } from './columns.ts';
import { isList, namedPrinter, type Print } from './printer.ts';
import { TablePrinter } from './table.ts';

const ALLOWED =
  'custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,kyaml,name,template,templatefile,wide,yaml';

export function isHuman(flags: Values): boolean {
  const output = flags.string('output');
  return output === 'wide' || (output === '' && flags.string('template') === '');
}

export function tablePrinter(
  context: Context,
  { kind, withNamespace = false }: { kind?: string; withNamespace?: boolean },
) {
  const { flags } = context;
  return new TablePrinter({
    noHeaders: flags.bool('no-headers'),
    wide: flags.string('output') === 'wide',
    withNamespace,
    kind,
    showLabels: flags.bool('show-labels'),
    columnLabels: flags.list('label-columns'),
  });
}

export function objectPrinter({ flags }: Context): Print {
  const output = flags.string('output');
  const format = output === '' && flags.string('template') !== '' ? 'go-template' : output;
  const custom = /^custom-columns(?:=([\s\S]*))?$/.exec(format);
  if (custom) {
    const specs = parseColumns(custom[1] ?? flags.string('template'));
    let heads = flags.bool('no-headers');
    return (object) => {
      const text = columnsText(
        specs,
        isList(object) || object.kind === 'List' ? (object.items as KubeObject[]) : [object],
        heads,
      );
      heads = true;
      return text;
    };
  }
  const print = namedPrinter(format, flags);
  if (print) return print;
  throw new CommandError(
    `unable to match a printer suitable for the output format ${JSON.stringify(output)}, allowed formats are: ${ALLOWED}`,
  );
}
