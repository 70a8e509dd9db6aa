/** Functions of strings (cel-go `common/stdlib`, `ext/strings.go` at version 2). */
import { CelError, type List, NativeList, NO_SUCH_OVERLOAD, type Value } from '../../values/value.ts';
import { type CelFunction, type Library, overload } from '../define.ts';
import { codePoints } from './conversions.ts';
import { formatString } from './format.ts';

/** No result is longer: what upstream would build and then charge for would fill the memory here. */
const MAX_RESULT = 2 * 1024 * 1024;
const TOO_LONG = new CelError('the result is too long');

const outOfRange = (index: bigint) => new CelError(`index out of range: ${index}`);
const isAscii = (text: string) => !/[\ud800-\udfff]/.test(text);

/** The code points from `start` to `end`. */
function slice(text: string, start: number, end?: number): string {
  if (isAscii(text)) return text.slice(start, end);
  const from = unitOf(text, start);
  return text.slice(from, end === undefined ? undefined : unitOf(text, end - start, from));
}

/** The offset in the text of a code point, counted from that of another. */
function unitOf(text: string, count: number, from = 0): number {
  let at = from;
  for (let left = count; left > 0 && at < text.length; left--) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return at;
}

function charAt(text: string, index: bigint): Value {
  const size = codePoints(text);
  if (index < 0n || index > size) return outOfRange(index);
  return slice(text, Number(index), Number(index) + 1);
}

function indexOf(text: string, part: string, offset = 0n): Value {
  if (part === '') return offset;
  if (offset < 0n) return outOfRange(offset);
  if (offset >= codePoints(text)) return -1n;
  const found = slice(text, Number(offset)).indexOf(part);
  return found < 0 ? -1n : offset + BigInt(codePoints(slice(text, Number(offset)).slice(0, found)));
}

function lastIndexOf(text: string, part: string): Value {
  if (part === '') return BigInt(codePoints(text));
  const found = text.lastIndexOf(part);
  return found < 0 ? -1n : BigInt(codePoints(text.slice(0, found)));
}

function lastIndexOfFrom(text: string, part: string, offset: bigint): Value {
  if (part === '') return offset;
  if (offset < 0n) return outOfRange(offset);
  if (offset >= codePoints(text)) return -1n;
  const from = slice(text, 0, Number(offset)).length;
  const found = text.lastIndexOf(part, from);
  return found < 0 ? -1n : BigInt(codePoints(text.slice(0, found)));
}

function replace(text: string, old: string, by: string, limit = -1n): Value {
  const most = limit < 0n ? Number.POSITIVE_INFINITY : Number(limit);
  if (most === 0) return text;
  const pieces = old === '' ? [...text] : text.split(old);
  const count = Math.min(most, old === '' ? pieces.length + 1 : pieces.length - 1);
  if (text.length + count * by.length > MAX_RESULT) return TOO_LONG;
  if (old !== '') {
    const head = pieces.slice(0, count + 1).join(by);
    const rest = pieces.slice(count + 1);
    return rest.length === 0 ? head : [head, ...rest].join(old);
  }
  let result = '';
  for (let i = 0; i <= pieces.length; i++) result += (i < count ? by : '') + (pieces[i] ?? '');
  return result;
}

function split(text: string, separator: string, limit = -1n): Value {
  if (limit === 0n) return new NativeList([]);
  const pieces = separator === '' ? [...text] : text.split(separator);
  if (limit < 0n || BigInt(pieces.length) <= limit) return new NativeList(pieces);
  const head = pieces.slice(0, Number(limit) - 1);
  return new NativeList([...head, pieces.slice(Number(limit) - 1).join(separator)]);
}

function join(list: List, separator = ''): Value {
  const texts: string[] = [];
  let length = 0;
  for (let i = 0; i < list.size; i++) {
    const text = list.at(i);
    if (typeof text !== 'string') return new CelError(`join: invalid input: ${String(text)}`);
    length += text.length + separator.length;
    if (length > MAX_RESULT) return TOO_LONG;
    texts.push(text);
  }
  return texts.join(separator);
}

function substring(text: string, start: bigint): Value {
  if (start < 0n || start > codePoints(text)) return outOfRange(start);
  return slice(text, Number(start));
}

function substringTo(text: string, start: bigint, end: bigint): Value {
  const size = codePoints(text);
  if (start > end) return new CelError(`invalid substring range. start: ${start}, end: ${end}`);
  if (start < 0n || start > size) return outOfRange(start);
  if (end < 0n || end > size) return outOfRange(end);
  return slice(text, Number(start), Number(end));
}

const QUOTED: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
};

function quote(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that are escaped.
  return `"${text.replace(/[\x07-\r\\"]/g, (character) => QUOTED[character] ?? character)}"`;
}

const GO_SPACE = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/** Go's `strings.TrimSpace`, in time linear in the text. */
export function trimSpace(text: string): string {
  let [from, to] = [0, text.length];
  while (from < to && GO_SPACE.test(text.charAt(from))) from++;
  while (to > from && GO_SPACE.test(text.charAt(to - 1))) to--;
  return text.slice(from, to);
}

export const STRINGS: Library = {
  charAt: [overload('string_char_at_int', '.string, int -> string', charAt)],
  indexOf: [
    overload('string_index_of_string', '.string, string -> int', (text: string, part: string) => indexOf(text, part)),
    overload('string_index_of_string_int', '.string, string, int -> int', indexOf),
  ],
  lastIndexOf: [
    overload('string_last_index_of_string', '.string, string -> int', lastIndexOf),
    overload('string_last_index_of_string_int', '.string, string, int -> int', lastIndexOfFrom),
  ],
  lowerAscii: [
    overload('string_lower_ascii', '.string -> string', (text: string) =>
      text.replace(/[A-Z]+/g, (part) => part.toLowerCase()),
    ),
  ],
  replace: [
    overload('string_replace_string_string', '.string, string, string -> string', (a: string, b: string, c: string) =>
      replace(a, b, c),
    ),
    overload('string_replace_string_string_int', '.string, string, string, int -> string', replace),
  ],
  split: [
    overload('string_split_string', '.string, string -> list(string)', (text: string, by: string) => split(text, by)),
    overload('string_split_string_int', '.string, string, int -> list(string)', split),
  ],
  substring: [
    overload('string_substring_int', '.string, int -> string', substring),
    overload('string_substring_int_int', '.string, int, int -> string', substringTo),
  ],
  trim: [overload('string_trim', '.string -> string', trimSpace)],
  upperAscii: [
    overload('string_upper_ascii', '.string -> string', (text: string) =>
      text.replace(/[a-z]+/g, (part) => part.toUpperCase()),
    ),
  ],
  format: [overload('string_format', '.string, list(dyn) -> string', formatString)],
  'strings.quote': [overload('strings_quote', 'string -> string', quote)],
  join: [
    overload('list_join', '.list(string) -> string', (list: List) => join(list)),
    overload('list_join_string', '.list(string), string -> string', join),
  ],
};

const text2 =
  (run: (text: string, part: string) => boolean): NonNullable<CelFunction['operator']> =>
  (text, part) =>
    typeof text === 'string' && typeof part === 'string' ? run(text, part) : NO_SUCH_OVERLOAD;

export const TESTS: readonly CelFunction[] = [
  {
    name: 'contains',
    overloads: [overload('contains_string', '.string, string -> bool')],
    operator: text2((text, part) => text.includes(part)),
  },
  {
    name: 'startsWith',
    overloads: [overload('starts_with_string', '.string, string -> bool')],
    operator: text2((text, part) => text.startsWith(part)),
  },
  {
    name: 'endsWith',
    overloads: [overload('ends_with_string', '.string, string -> bool')],
    operator: text2((text, part) => text.endsWith(part)),
  },
];
