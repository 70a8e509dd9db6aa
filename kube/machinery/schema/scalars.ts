/** Scalars that upstream's typed round trip rewrites, and the errors of their decoders. */
import { binaryString } from '../binary-string.ts';
import { printedQuantity } from '../quantity.ts';
import { goQuote } from './go-names.ts';

/** `value` is undefined where Go prints null. */
export type Normalized = { value: string | undefined } | { error: string };

const PLAIN_QUANTITY = /^(?:0|[1-9]\d{0,2}(?:m|k|M|G|Ki|Mi|Gi)?)$/;

/** Most are kept as they were written; `0.5` becomes `500m`. */
export function normalizeQuantity(value: string | number): Normalized {
  const text = typeof value === 'number' ? String(value) : value.trim();
  return PLAIN_QUANTITY.test(text) ? { value: text } : printedQuantity(text);
}

const PLAIN_TIME = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;

type TimePart = [pattern: RegExp, name: string];
const UP_TO_SECONDS: TimePart[] = [
  [/^\d{4}/, '2006'],
  [/^-/, '-'],
  [/^\d\d/, '01'],
  [/^-/, '-'],
  [/^\d\d/, '02'],
  [/^T/, 'T'],
  [/^\d\d?/, '15'],
  [/^:/, ':'],
  [/^\d\d/, '04'],
  [/^:/, ':'],
];
const ZONE: TimePart = [/^(?:Z|[+-]\d\d:\d\d)/, 'Z07:00'];
const RFC3339 = [...UP_TO_SECONDS, [/^\d\d(?:[.,]\d+)?/, '05'], ZONE] as TimePart[];
const RFC3339_MICRO = [...UP_TO_SECONDS, [/^\d\d/, '05'], [/^[.,]\d{6}/, '.000000'], ZONE] as TimePart[];

/** Go's zero time, which is printed as null. */
const ZERO_TIME = '0001-01-01T00:00:00';

/** `metav1.Time`: RFC 3339 in UTC, whole seconds. */
export function normalizeTime(text: string): Normalized {
  if (PLAIN_TIME.test(text) && !text.startsWith('0')) return { value: text };
  const error = timeError(text, RFC3339);
  if (error) return { error };
  const value = inUTC(withWholeHour(text));
  return { value: value === ZERO_TIME ? undefined : `${value}Z` };
}

/** `metav1.MicroTime`: RFC 3339 in UTC with exactly six digits of fraction. */
export function normalizeMicroTime(text: string): Normalized {
  const error = timeError(text, RFC3339_MICRO);
  if (error) return { error };
  const whole = withWholeHour(text);
  const value = `${inUTC(whole)}.${whole.slice(20, 26)}`;
  return { value: value === `${ZERO_TIME}.000000` ? undefined : `${value}Z` };
}

/** Go reads hours of one digit. */
function withWholeHour(text: string): string {
  return text.replace(/T(?=\d:)/, 'T0');
}

function inUTC(text: string): string {
  const local = Date.parse(`${text.slice(0, 19)}Z`);
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)$/.exec(text) ?? [];
  const offset = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
  return printUTC(sign === '-' ? local + offset : local - offset);
}

/**
 * Years below 0 and above 9999 would be printed in a form that no decoder reads, so the nearest year that has this one
 * is.
 */
function printUTC(time: number): string {
  const year10000 = Date.UTC(10_000, 0);
  const year0 = Date.parse('0000-01-01T00:00:00Z');
  return new Date(Math.min(Math.max(time, year0), year10000 - 1000)).toISOString().slice(0, 19);
}

/** Go's `time.ParseError`: the part of the layout that the rest of the text does not fit, or a number out of range. */
function timeError(text: string, layout: readonly TimePart[]): string | undefined {
  let rest = text;
  for (const [pattern, name] of layout) {
    const match = pattern.exec(rest);
    if (!match) {
      const whole = layout.map((part) => part[1]).join('');
      return `parsing time ${goQuote(text)} as ${goQuote(whole)}: cannot parse ${goQuote(rest)} as ${goQuote(name)}`;
    }
    const wrong = partOutOfRange(name, match[0]);
    if (wrong) return `parsing time ${goQuote(text)}: ${wrong} out of range`;
    rest = rest.slice(match[0].length);
  }
  if (rest !== '') return `parsing time ${goQuote(text)}: extra text: ${goQuote(rest)}`;
  const [year = 0, month = 0, day = 0] = text.split(/\D/).map(Number);
  const isDay = day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
  return isDay ? undefined : `parsing time ${goQuote(text)}: day out of range`;
}

/** The part of a time that is out of range. The day is checked after all parts were read, and others as they are read. */
function partOutOfRange(layout: string, part: string): string | undefined {
  if (layout === 'Z07:00') {
    const [hours = 0, minutes = 0] = part.slice(1).split(':').map(Number);
    if (hours > 24) return 'time zone offset hour';
    return minutes > 60 ? 'time zone offset minute' : undefined;
  }
  const range = RANGES[layout];
  if (!range) return undefined;
  const [least, most, name] = range;
  const value = Number.parseInt(part, 10);
  return value < least || value > most ? name : undefined;
}

const RANGES: Readonly<Record<string, [least: number, most: number, name: string]>> = {
  '01': [1, 12, 'month'],
  '15': [0, 23, 'hour'],
  '04': [0, 59, 'minute'],
  '05': [0, 59, 'second'],
};

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Clears the bits of the last digit before padding that belong to no byte, so that equal bytes are equal texts. */
function withoutSpareBits(text: string): string {
  if (!text.endsWith('=')) return text;
  const [padding, spare] = text.endsWith('==') ? ['==', 16] : ['=', 4];
  const at = text.length - padding.length - 1;
  const digit = DIGITS.indexOf(text[at] as string);
  return digit % spare === 0 ? text : text.slice(0, at) + DIGITS[digit - (digit % spare)] + padding;
}

/** `[]byte`: standard base64; line breaks inside are dropped, as Go's decoder does. */
export function normalizeBytes(text: string): Normalized {
  if (BASE64.test(text)) return { value: withoutSpareBits(text) };
  const joined = text.replace(/[\r\n]/g, '');
  if (BASE64.test(joined)) return { value: withoutSpareBits(joined) };
  return { error: `illegal base64 data at input byte ${base64Fault(text)}` };
}

/** The base64 of a list of numbers, which Go reads as bytes, too, and null as 0; undefined for what it does not read so. */
export function bytesOf(value: unknown): string | undefined {
  if (!Array.isArray(value)) return undefined;
  const isByte = (each: unknown) =>
    each === null || (Number.isInteger(each) && Number(each) >= 0 && Number(each) < 256);
  return value.every(isByte) ? btoa(binaryString(Uint8Array.from(value))) : undefined;
}

/** Where Go's decoder gives up (`decodeQuantum` in `encoding/base64`), in bytes of UTF-8. */
function base64Fault(text: string): number {
  const bytes = new TextEncoder().encode(text);
  const skipBreaks = (from: number): number => {
    let at = from;
    while (bytes[at] === 10 || bytes[at] === 13) at++;
    return at;
  };
  let at = 0;
  /** Digits of the group of four that is read. */
  let digits = 0;
  for (;;) {
    if (at >= bytes.length) return at - digits;
    const character = String.fromCharCode(bytes[at++] as number);
    if (character === '\n' || character === '\r') continue;
    if (DIGITS.includes(character)) {
      digits = (digits + 1) % 4;
      continue;
    }
    if (character !== '=' || digits < 2) return at - 1;
    if (digits === 2) {
      at = skipBreaks(at);
      if (at === bytes.length) return at;
      if (bytes[at] !== 61) return at - 1;
      at++;
    }
    return skipBreaks(at);
  }
}
