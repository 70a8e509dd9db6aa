/** `-o custom-columns=HEAD:.path,…`. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { CommandError } from '../errors.ts';
import { findResults, goText, relaxed } from './jsonpath/evaluate.ts';
import { parseTemplate, type Template } from './jsonpath/parse.ts';
import { TABLE, tabulate } from './tabwriter.ts';
import { escapeTerminal } from './terminal.ts';

interface ColumnSpec {
  head: string;
  path: Template;
}

export function parseColumns(spec: string): ColumnSpec[] {
  if (spec === '') {
    throw new CommandError('custom-columns format specified but no custom columns given');
  }
  return spec.split(',').map((part) => {
    const colon = part.indexOf(':');
    const [head, path] = [part.slice(0, colon), part.slice(colon + 1)];
    if (colon < 0 || head === '' || path === '') {
      throw new CommandError(`unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`);
    }
    return { head, path: parseTemplate(relaxed(path)) };
  });
}

export function columnsText(specs: readonly ColumnSpec[], objects: readonly KubeObject[], noHeaders: boolean): string {
  const rows = objects.map((object) => specs.map(({ path }) => cellOf(path, object)));
  if (!noHeaders) rows.unshift(specs.map(({ head }) => head));
  return tabulate(rows.map((row) => `${row.join('\t')}\n`).join(''), TABLE);
}

function cellOf(path: Template, object: KubeObject): string {
  const results = findResults(path, object, { allowMissing: true });
  if (results.length === 0 || results[0]?.length === 0) return '<none>';
  const values = results.flat().map((value) => (value === null ? '<nil>' : escapeTerminal(goText(value))));
  return values.join(',');
}
