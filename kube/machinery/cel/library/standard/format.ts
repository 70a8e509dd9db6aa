/** `string.format` (cel-go `ext/formatting.go`). */
import { entryOf } from '../../../entries.ts';
import { work } from '../../eval/work.ts';
import {
  CelError,
  Dict,
  Duration,
  List,
  Timestamp,
  TypeValue,
  typeName,
  UInt,
  type Value,
} from '../../values/value.ts';
import { toText } from './conversions.ts';

/** A formatting clause: `%.2f` has the verb f and the precision 2. */
export interface Clause {
  verb: string;
  precision: number;
}

export class FormatError extends Error {}

const PRECISION = 6;
const VERBS: ReadonlySet<string> = new Set(['s', 'd', 'f', 'e', 'b', 'x', 'X', 'o']);
const MAX_PRECISION = 100;

/** Texts and clauses in their order; throws a FormatError. */
export function parseFormat(format: string): (string | Clause)[] {
  const parts: (string | Clause)[] = [];
  let text = '';
  for (let i = 0; i < format.length; i++) {
    if (format[i] !== '%') {
      text += format[i];
      continue;
    }
    i++;
    if (i >= format.length) throw new FormatError('unexpected end of string');
    if (format[i] === '%') {
      text += '%';
      continue;
    }
    let precision = PRECISION;
    if (format[i] === '.') {
      const [digits = ''] = /^\d*/.exec(format.slice(i + 1)) ?? [];
      const prefix = 'could not parse formatting clause: error while parsing precision: ';
      if (digits === '') {
        throw new FormatError(
          `${prefix}error while converting precision to integer: strconv.Atoi: parsing "": invalid syntax`,
        );
      }
      precision = Number(digits);
      if (precision > MAX_PRECISION) throw new FormatError(`${prefix}precision ${digits} is too large`);
      i += digits.length + 1;
    }
    const verb = format[i];
    if (verb === undefined) throw new FormatError('could not parse formatting clause: unexpected end of string');
    if (!VERBS.has(verb)) {
      throw new FormatError(`could not parse formatting clause: unrecognized formatting clause "${verb}"`);
    }
    if (text !== '') parts.push(text);
    text = '';
    parts.push({ verb, precision });
  }
  if (text !== '') parts.push(text);
  return parts;
}

export function clauseError(verb: string, given: string): string {
  return `${WANTED[verb]}, was given ${given}`;
}

const HEX = 'only integers, byte buffers, and strings can be formatted as hex';
const WANTED: Readonly<Record<string, string>> = {
  s: 'string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps',
  d: 'decimal clause can only be used on integers',
  f: 'fixed-point clause can only be used on doubles',
  e: 'scientific clause can only be used on doubles',
  b: 'only integers and bools can be formatted as binary',
  x: HEX,
  X: HEX,
  o: 'octal clause can only be used on integers',
};

export function formatString(format: string, args: List): Value {
  try {
    let index = 0;
    let result = '';
    for (const part of parseFormat(format)) {
      if (typeof part === 'string') {
        result += part;
        continue;
      }
      if (index >= args.size) return new CelError(`index ${index} out of range`);
      const formatted = formatOne(part, args.at(index++));
      work(formatted.length);
      result += formatted;
    }
    return result;
  } catch (error) {
    if (error instanceof FormatError) return new CelError(error.message);
    throw error;
  }
}

function formatOne({ verb, precision }: Clause, value: Value): string {
  const refuse = () => new FormatError(`error during formatting: ${clauseError(verb, typeName(value))}`);
  const integer = typeof value === 'bigint' ? value : value instanceof UInt ? value.value : undefined;
  switch (verb) {
    case 's':
      return printValue(value, refuse);
    case 'f':
    case 'e': {
      const number =
        typeof value === 'number' ? value : typeof value === 'string' ? entryOf(SPECIAL, value) : undefined;
      if (number === undefined) throw refuse();
      return verb === 'f' ? fixed(number, precision) : scientific(number).padStart(precision);
    }
    case 'x':
    case 'X': {
      const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
      const text =
        bytes instanceof Uint8Array
          ? Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
          : integer?.toString(16);
      if (text === undefined) throw refuse();
      return verb === 'X' ? text.toUpperCase() : text;
    }
    case 'b':
      if (typeof value === 'boolean') return value ? '1' : '0';
  }
  if (integer === undefined) throw refuse();
  return integer.toString(verb === 'd' ? 10 : verb === 'o' ? 8 : 2);
}

const SPECIAL: Readonly<Record<string, number>> = { NaN: Number.NaN, Infinity, '-Infinity': -Infinity };

function fixed(number: number, precision: number): string {
  if (Number.isNaN(number)) return 'NaN';
  if (!Number.isFinite(number)) return number > 0 ? '∞' : '-∞';
  const [whole = '', fraction] = toFixed(number, precision).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

function toFixed(number: number, precision: number): string {
  return Math.abs(number) < 1e21
    ? number.toFixed(precision)
    : `${BigInt(number)}${precision > 0 ? `.${'0'.repeat(precision)}` : ''}`;
}

const SUPERSCRIPT = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** As Go's printer for the locale en-US: `1.234500×10⁰³`. Upstream takes the precision for the width. */
function scientific(number: number): string {
  if (!Number.isFinite(number)) return fixed(number, PRECISION);
  const [digits, exponent = '0'] = number.toExponential(PRECISION).split('e');
  const power = String(Math.abs(Number(exponent)))
    .padStart(2, '0')
    .replace(/\d/g, (digit) => SUPERSCRIPT[Number(digit)] ?? '');
  return `${digits}×10${exponent.startsWith('-') ? '⁻' : ''}${power}`;
}

function printValue(value: Value, refuse: () => FormatError): string {
  if (value === null) return 'null';
  if (value instanceof List) {
    return `[${Array.from({ length: value.size }, (_, i) => printMember(value.at(i))).join(', ')}]`;
  }
  if (value instanceof Dict) {
    const pairs = value.keys().map((key): [string, string] => {
      const printable = ['string', 'bigint', 'boolean'].includes(typeof key) || key instanceof UInt;
      if (!printable) throw new FormatError(`no formatting function for map key of type ${typeName(key)}`);
      return [printMember(key), printMember(value.find(key) as Value)];
    });
    pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${pairs.map((pair) => pair.join(':')).join(', ')}}`;
  }
  const text = toText(value);
  if (typeof text === 'string') return text;
  throw refuse();
}

/** In a list or a map, values stand as they would in an expression. */
function printMember(value: Value): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof Uint8Array) return `b${JSON.stringify(toText(value))}`;
  if (typeof value === 'number') {
    if (Number.isNaN(value)) return '"NaN"';
    return Number.isFinite(value) ? toFixed(value, PRECISION) : value > 0 ? '"+Inf"' : '"-Inf"';
  }
  if (value instanceof Timestamp) return `timestamp("${toText(value)}")`;
  if (value instanceof Duration) return `duration("${toText(value)}")`;
  if (value instanceof TypeValue) return value.name;
  return printValue(value, () => new FormatError(`no formatting function for ${typeName(value)}`));
}
