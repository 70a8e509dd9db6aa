/** Keys and values of ConfigMaps and Secrets: `--from-literal`, `--from-file`, `--from-env-file`. */
import type { Context } from '../../context.ts';
import { CommandError } from '../../errors.ts';
import { array, bool, type Flag, slice } from '../../flags/define.ts';

export const sourceFlags = (what: string): Flag[] => [
  slice(
    'from-file',
    `A file of this terminal whose text becomes a value: FILE, or KEY=FILE. May be given several times.`,
  ),
  array('from-literal', `Specify a key and literal value to insert in ${what} (i.e. mykey=somevalue)`),
  slice('from-env-file', `Specify the path to a file to read lines of key=val pairs to create a ${what}.`),
  { ...bool('append-hash', `Append a hash of the ${what} to its name.`), hidden: true },
];

const KEY = /^[-._a-zA-Z0-9]+$/;

export async function valuesOf(context: Context, complaint: (key: string) => string): Promise<Map<string, string>> {
  const { flags } = context;
  const [files, literals, envFiles] = ['from-file', 'from-literal', 'from-env-file'].map((name) =>
    flags.list(name),
  ) as [string[], string[], string[]];
  if (envFiles.length > 0 && (files.length > 0 || literals.length > 0)) {
    throw new CommandError('from-env-file cannot be combined with from-file or from-literal');
  }
  const values = new Map<string, string>();
  const add = (key: string, value: string): void => {
    if (!KEY.test(key)) throw new CommandError(complaint(key));
    if (values.has(key))
      throw new CommandError(`cannot add key ${JSON.stringify(key)}, another key by that name already exists`);
    values.set(key, value);
  };
  for (const source of files) {
    const { key, file } = fileSource(source);
    add(key, await read(context, file));
  }
  for (const literal of literals) {
    const equals = literal.indexOf('=');
    if (equals <= 0) throw new CommandError(`invalid literal source ${literal}, expected key=value`);
    add(literal.slice(0, equals), unquoted(literal.slice(equals + 1)));
  }
  for (const file of envFiles) for (const [key, value] of envLines(await read(context, file))) add(key, value);
  return values;
}

/** As a shell would have done it: `key="value"`. */
function unquoted(value: string): string {
  return /^(["']).*\1$/s.test(value) && value.length > 1 ? value.slice(1, -1) : value;
}

function fileSource(source: string): { key: string; file: string } {
  const parts = source.split('=');
  if (parts.length === 1) return { key: source.split('/').at(-1) ?? source, file: source };
  if (parts.length > 2) throw new CommandError("key names or file paths cannot contain '='");
  const [key = '', file = ''] = parts;
  if (key === '') throw new CommandError(`key name for file path ${file} missing`);
  if (file === '') throw new CommandError(`file path for key name ${key} missing`);
  return { key, file };
}

async function read(context: Context, file: string): Promise<string> {
  if (file === '-') return context.stdin();
  const text = await context.world.files.read(file);
  if (text === undefined) throw new CommandError(`error reading ${file}: no such file or directory`);
  return text;
}

function envLines(text: string): [string, string][] {
  return text.split('\n').flatMap((line): [string, string][] => {
    const trimmed = line.trimStart();
    if (trimmed === '' || trimmed.startsWith('#')) return [];
    const equals = trimmed.indexOf('=');
    return equals < 0 ? [[trimmed, '']] : [[trimmed.slice(0, equals), trimmed.slice(equals + 1)]];
  });
}

export function base64(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
