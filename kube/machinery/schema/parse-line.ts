/** Reads the lines of `kube/generated/types.ts`; their grammar is written at its top. */
import type { AnySchema, FieldSchema, ListSchema, MapSchema, ScalarSchema, Schema } from './schema.ts';

/**
 * Finds or makes the (unresolved) struct of a name, as it is written in a line: `core.v1/PodSpec` or `PodSpec`.
 * `atomic` is what the field says; undefined: as the type is.
 */
export type StructOf = (reference: string, atomic: boolean | undefined) => Schema;

const SCALARS: Record<string, ScalarSchema> = {
  s: { type: 'string' },
  b: { type: 'boolean' },
  i: { type: 'integer', format: 'int32' },
  l: { type: 'integer', format: 'int64' },
  d: { type: 'number', format: 'double' },
  o: { type: 'int-or-string', format: 'int-or-string' },
  q: { type: 'quantity' },
  t: { type: 'time', format: 'date-time' },
  m: { type: 'micro-time', format: 'date-time' },
  u: { type: 'duration' },
  y: { type: 'bytes', format: 'byte' },
};
const LIST_TYPES: Record<string, ListSchema['listType']> = { a: 'atomic', s: 'set', m: 'map' };

const TEXT: ScalarSchema = { type: 'string' };
const TYPE_META_FIELD: FieldSchema = { schema: TEXT, omitEmpty: true, inlinedFrom: ['TypeMeta'] };
const TYPE_META: readonly [string, FieldSchema][] = [
  ['kind', TYPE_META_FIELD],
  ['apiVersion', TYPE_META_FIELD],
];

/** The fields of the part of a line after `=`. */
export function parseFields(text: string, structOf: StructOf): Map<string, FieldSchema> {
  const fields = new Map<string, FieldSchema>();
  for (const word of text.split(' ')) {
    if (word === '%') for (const [name, field] of TYPE_META) fields.set(name, field);
    else if (word !== '') parseField(word, structOf, fields);
  }
  return fields;
}

function parseField(word: string, structOf: StructOf, fields: Map<string, FieldSchema>): void {
  const colon = word.indexOf(':');
  let end = colon;
  const field: { -readonly [P in keyof FieldSchema]: FieldSchema[P] } = { schema: { type: 'any' } };
  const mark = word[end - 1];
  if (mark === '+') field.always = true;
  if (mark === '-') field.nullWhenUnset = true;
  if (mark === '+' || mark === '-' || mark === '*') end--;
  else field.omitEmpty = true;
  if (word[end - 1] === '!') {
    field.required = true;
    end--;
  }
  const reader: Reader = { text: word, at: colon + 1, structOf };
  field.schema = readType(reader);
  const [, numbers, strategies, mergeKey, defaultText] =
    /^(?:@([\w/&]+))?(?:\^([\w,]+)(?:\|(\w+))?)?(?:=(.*))?$/.exec(word.slice(reader.at)) ?? [];
  if (numbers) {
    const [number, ...within] = numbers.split('/');
    if (number) field.number = Number(number.replace('&', ''));
    if (number?.endsWith('&')) field.isValue = true;
    if (within.length > 0) {
      // `2VolumeSource`, innermost first.
      const steps = within.reverse().map((step) => /^(\d*)(\w+)$/.exec(step) ?? []);
      field.within = steps.flatMap((step) => (step[1] ? [Number(step[1])] : []));
      field.inlinedFrom = steps.map((step) => step[2] ?? '');
    }
  }
  if (strategies) field.patchStrategy = strategies.split(',');
  if (mergeKey) field.patchMergeKey = mergeKey;
  if (defaultText) field.default = JSON.parse(defaultText);
  fields.set(word.slice(0, end), field);
}

interface Reader {
  text: string;
  at: number;
  structOf: StructOf;
}

function readType(reader: Reader): Schema {
  const code = reader.text[reader.at++] ?? '';
  if (code === '>') {
    const atomic = readMark(reader, '~') ? true : readMark(reader, '!') ? false : undefined;
    const end = reader.text.indexOf(';', reader.at);
    const reference = reader.text.slice(reader.at, end);
    reader.at = end + 1;
    return reader.structOf(reference, atomic);
  }
  if (code === '{') {
    const atomic = readMark(reader, '~');
    const goType = readName(reader);
    const keyType = readName(reader, '<>');
    const map: MapSchema = { type: 'map', values: readType(reader) };
    if (atomic) map.atomic = true;
    if (keyType) map.keyType = keyType;
    if (goType) map.goType = goType;
    return map;
  }
  if (code === '[') {
    const goType = readName(reader, '<>');
    const wrapped = readMark(reader, '*');
    const listType = LIST_TYPES[reader.text[reader.at++] ?? ''] ?? 'atomic';
    const keys = listType === 'map' ? readName(reader)?.split(',') : undefined;
    const list: ListSchema = { type: 'list', items: readType(reader), listType };
    if (keys) list.keys = keys;
    if (wrapped) list.wrapped = true;
    if (goType) list.goType = goType;
    return list;
  }
  const name = readName(reader);
  if (code === 'a') return name ? { type: 'any', form: name as AnySchema['form'] } : { type: 'any' };
  const scalar = SCALARS[code];
  if (!scalar) throw new Error(`no such type: ${code} in ${reader.text}`);
  return name ? { ...scalar, goType: name } : scalar;
}

function readMark(reader: Reader, mark: string): boolean {
  if (reader.text[reader.at] !== mark) return false;
  reader.at++;
  return true;
}

/** The text between two marks, if the first one comes next; undefined if not. */
function readName(reader: Reader, [open, close = ''] = '()'): string | undefined {
  if (reader.text[reader.at] !== open) return undefined;
  const end = reader.text.indexOf(close, reader.at);
  const name = reader.text.slice(reader.at + 1, end);
  reader.at = end + 1;
  return name;
}
