/** Objects of files (`-f`): YAML or JSON, several documents, lists taken apart. */
import { type Document, parseAllDocuments } from 'yaml';
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { Context } from '../context.ts';
import { CommandError } from '../errors.ts';
import { type Flag, slice } from '../flags/define.ts';

export const filenameFlags = (usage: string): Flag[] => [
  slice('filename', `Filename ${usage}`, { short: 'f' }),
  {
    name: 'recursive',
    kind: 'bool',
    short: 'R',
    usage: 'Process the files of folders.',
    byDefault: 'false',
    bare: 'true',
    hidden: true,
  },
];

export interface Loaded {
  object: KubeObject;
  source: string;
}

/** Throws where a file is not there or cannot be read; errors of single objects are left to those that use them. */
export async function loadFiles(context: Context): Promise<Loaded[]> {
  const loaded: Loaded[] = [];
  const validates = context.flags.has('validate') && !/^(ignore|false)$/.test(context.flags.string('validate'));
  for (const name of context.flags.list('filename')) {
    const source = name === '-' ? 'STDIN' : name;
    for (const object of parseObjects(await textOf(context, name), source, validates)) loaded.push({ object, source });
  }
  return loaded;
}

async function textOf(context: Context, name: string): Promise<string> {
  if (name === '-') return context.stdin();
  if (/^https?:\/\//.test(name)) return siteText(context, name);
  const text = await context.world.files.read(name);
  if (text === undefined) throw new CommandError(`the path ${JSON.stringify(name)} does not exist`);
  return text;
}

async function siteText(context: Context, address: string): Promise<string> {
  try {
    return await context.world.site(address);
  } catch (error) {
    throw new CommandError(`unable to read URL ${JSON.stringify(address)}: ${(error as Error).message}`);
  }
}

/** YAML 1.1's words for truth are texts to people now, and to the API: `yes` stays as it is read by go-yaml. */
const YAML = { version: '1.1', schema: 'yaml-1.1', customTags: withoutTimes, merge: true } as const;

function withoutTimes<T>(tags: T[]): T[] {
  return tags.filter((tag) => (tag as { tag?: string }).tag !== 'tag:yaml.org,2002:timestamp');
}

/** `validates`: what is no object is told of as by a validation. */
export function parseObjects(text: string, source: string, validates = false): KubeObject[] {
  const documents = parseAllDocuments(text, YAML as Parameters<typeof parseAllDocuments>[1]);
  if (!Array.isArray(documents)) return [];
  return (documents as Document[]).flatMap((document) => {
    const [problem] = document.errors;
    if (problem) {
      const line = problem.linePos?.[0].line;
      const where = line === undefined ? '' : `line ${line}: `;
      throw new CommandError(
        `error parsing ${source}: error converting YAML to JSON: yaml: ${where}${firstLine(problem.message)}`,
      );
    }
    const value = document.toJS({ maxAliasCount: 100 }) as unknown;
    if (value === null || value === undefined) return [];
    if (validates) validate(value as Partial<KubeObject>, source);
    return flattened(value, source);
  });
}

function validate({ apiVersion, kind }: Partial<KubeObject>, source: string): void {
  const missing = [...(apiVersion ? [] : ['apiVersion not set']), ...(kind ? [] : ['kind not set'])];
  if (missing.length === 0) return;
  const why = missing.length === 1 ? missing[0] : `[${missing.join(', ')}]`;
  throw new CommandError(
    `error validating ${JSON.stringify(source)}: error validating data: ${why}; if you choose to ignore these errors, turn validation off with --validate=false`,
  );
}

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '');
}

function flattened(value: unknown, source: string): KubeObject[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new CommandError(
      `unable to decode ${JSON.stringify(source)}: json: cannot unmarshal ${Array.isArray(value) ? 'array' : typeof value} into Go value of type unstructured.detector`,
    );
  }
  const object = value as KubeObject;
  if (!object.kind) throw missing('kind', object, source);
  if (!object.apiVersion) throw missing('apiVersion', object, source);
  if (Array.isArray(object.items) && object.kind.endsWith('List')) {
    return (object.items as unknown[]).flatMap((item) => flattened(item, source));
  }
  return [object];
}

function missing(field: 'kind' | 'apiVersion', object: object, source: string): CommandError {
  const word = field === 'kind' ? `Object 'Kind' is missing` : `Object 'apiVersion' is missing`;
  return new CommandError(`unable to decode ${JSON.stringify(source)}: ${word} in '${JSON.stringify(object)}'`);
}
