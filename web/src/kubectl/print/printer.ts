/** The outputs that commands share: `-o json|yaml|name|jsonpath|go-template|…`. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { CommandError } from '../errors.ts';
import { type Flag, string } from '../flags/define.ts';
import type { Values } from '../flags/values.ts';
import { jsonOf } from './json.ts';
import { evaluateTemplate } from './jsonpath/evaluate.ts';
import { parseTemplate } from './jsonpath/parse.ts';
import { executeTemplate } from './template/execute.ts';
import { yamlOf } from './yaml.ts';

export const FORMATS = [
  'json',
  'yaml',
  'kyaml',
  'name',
  'go-template',
  'go-template-file',
  'template',
  'templatefile',
  'jsonpath',
  'jsonpath-as-json',
  'jsonpath-file',
];
const COMPLETED = ['json', 'yaml', 'name', 'go-template', 'jsonpath', 'jsonpath-as-json'];

/** Of a command that prints objects. */
export function outputFlags(formats: readonly string[] = COMPLETED): Flag[] {
  return [
    string('output', `Output format. One of: (${formats.join(', ')}).`, { short: 'o', choices: formats }),
    string('template', 'Template string when -o=go-template or -o=jsonpath is given.'),
    { ...showManaged },
  ];
}

const showManaged: Flag = {
  name: 'show-managed-fields',
  kind: 'bool',
  usage: 'If true, keep the managedFields when printing objects in JSON or YAML format.',
  byDefault: 'false',
  bare: 'true',
};

export type Print = (object: KubeObject) => string;

/** The group and kind in lower case, as names are printed: `deployment.apps`. */
export function kindName({ apiVersion = '', kind = '' }: Partial<KubeObject>): string {
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
  return group ? `${kind.toLowerCase()}.${group}` : kind.toLowerCase();
}

export function isList(object: Partial<KubeObject>): object is KubeObject & { items: KubeObject[] } {
  return Array.isArray(object.items) && (object.kind ?? '').endsWith('List');
}

/** The output that was asked for. Undefined for none: the command says what it did. */
export function printerFor(flags: Values, formats: readonly string[] = FORMATS): Print | undefined {
  const output = flags.string('output');
  const format = output === '' && flags.string('template') !== '' ? 'go-template' : output;
  if (format === '') return undefined;
  const print = namedPrinter(format, flags);
  if (print) return print;
  const allowed = formats === FORMATS ? FORMATS : formats;
  throw new CommandError(
    `unable to match a printer suitable for the output format ${JSON.stringify(output)}, allowed formats are: ${allowed.join(',')}`,
  );
}

export function namedPrinter(format: string, flags: Values): Print | undefined {
  const managed = flags.has('show-managed-fields') && flags.bool('show-managed-fields');
  if (format === 'json') return (object) => `${jsonOf(shown(object, managed))}\n`;
  if (format === 'yaml') return separated((object) => yamlOf(shown(object, managed)));
  if (format === 'name') return nameOf;
  return templatePrinter(format, flags);
}

function templatePrinter(output: string, flags: Values): Print | undefined {
  const [, format = output, given] = /^([a-z-]+)=([\s\S]*)$/.exec(output) ?? [];
  if (!['jsonpath', 'jsonpath-as-json', 'go-template', 'template'].includes(format)) return undefined;
  const template = given ?? flags.string('template');
  if (template === '') throw new CommandError('template format specified but no template given');
  if (format === 'go-template' || format === 'template') return (object) => executeTemplate(template, object);
  try {
    parseTemplate(template);
  } catch (error) {
    throw new CommandError(`error parsing jsonpath ${template}, ${(error as Error).message}`);
  }
  return (object) => {
    try {
      return evaluateTemplate(template, object);
    } catch (error) {
      throw new CommandError(
        `error executing jsonpath ${JSON.stringify(template)}: Error executing template: ${(error as Error).message}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${template}\n`,
      );
    }
  };
}

/** Documents after the first begin with a separator. */
function separated(print: Print): Print {
  let count = 0;
  return (object) => (count++ === 0 ? print(object) : `---\n${print(object)}`);
}

function nameOf(object: KubeObject): string {
  if (isList(object)) return object.items.map(nameOf).join('');
  return `${kindName(object)}/${object.metadata?.name ?? '<unknown>'}\n`;
}

/** Without managedFields, unless those are wanted. */
export function shown(object: KubeObject, managed: boolean): KubeObject {
  if (managed) return object;
  if (isList(object)) return { ...object, items: object.items.map((item) => shown(item, false)) };
  if (!object.metadata?.managedFields) return object;
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}
