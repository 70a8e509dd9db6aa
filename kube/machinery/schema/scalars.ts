/** Scalars that upstream's typed round trip rewrites, and the errors of their decoders. */
import { canonicalQuantity, QUANTITY_FORMAT_ERROR } from '../quantity.ts';
import { goQuote } from './go-names.ts';

export type Normalized = { value: string } | { error: string };

const PLAIN_QUANTITY = /^(?:0|[1-9]\d{0,2}(?:m|k|M|G|Ki|Mi|Gi)?)$/;

/** `resource.Quantity.UnmarshalJSON`, printed canonically: `0.5` becomes `500m`. */
export function normalizeQuantity(value: string | number): Normalized {
  const text = typeof value === 'number' ? String(value) : value.trim();
  if (PLAIN_QUANTITY.test(text)) return { value: text };
  const canonical = canonicalQuantity(text);
  return canonical === undefined ? { error: QUANTITY_FORMAT_ERROR } : { value: canonical };
}

const PLAIN_TIME = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;
const TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)$/;

/** `metav1.Time`: RFC 3339 in UTC, whole seconds. */
export function normalizeTime(text: string): Normalized {
  if (PLAIN_TIME.test(text)) return { value: text };
  const parsed = parseTime(text, '2006-01-02T15:04:05Z07:00');
  return typeof parsed === 'string' ? { error: parsed } : { value: `${parsed.seconds}Z` };
}

/** `metav1.MicroTime`: RFC 3339 in UTC with six digits of fraction. */
export function normalizeMicroTime(text: string): Normalized {
  const parsed = parseTime(text, '2006-01-02T15:04:05.000000Z07:00');
  if (typeof parsed === 'string') return { error: parsed };
  return { value: `${parsed.seconds}.${parsed.fraction.padEnd(6, '0').slice(0, 6)}Z` };
}

function parseTime(text: string, layout: string): { seconds: string; fraction: string } | string {
  const found = TIME.exec(text);
  if (!found) return timeSyntaxError(text, layout);
  const [, year, month, day, hour, minute, second, fraction = '', zone = 'Z'] = found;
  const out = (what: string): string => `parsing time ${goQuote(text)}: ${what} out of range`;
  if (Number(month) < 1 || Number(month) > 12) return out('month');
  const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  if (Number(day) < 1 || Number(day) > days) return out('day');
  if (Number(hour) > 23) return out('hour');
  if (Number(minute) > 59) return out('minute');
  if (Number(second) > 59) return out('second');
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${zone}`);
  if (Number.isNaN(at)) return timeSyntaxError(text, layout);
  return { seconds: new Date(at).toISOString().slice(0, 19), fraction };
}

const TIME_PARTS: [RegExp, string][] = [
  [/^\d{4}/, '2006'],
  [/^-/, '-'],
  [/^\d\d/, '01'],
  [/^-/, '-'],
  [/^\d\d/, '02'],
  [/^T/, 'T'],
  [/^\d\d/, '15'],
  [/^:/, ':'],
  [/^\d\d/, '04'],
  [/^:/, ':'],
  [/^\d\d(?:[.,]\d+)?/, '05'],
  [/^(?:Z|[+-]\d\d:\d\d)/, 'Z07:00'],
];

/** Go's `time.ParseError`: which part of the layout the rest of the text does not fit. */
function timeSyntaxError(text: string, layout: string): string {
  let rest = text;
  for (const [part, name] of TIME_PARTS) {
    const match = part.exec(rest);
    if (!match)
      return `parsing time ${goQuote(text)} as ${goQuote(layout)}: cannot parse ${goQuote(rest)} as ${goQuote(name)}`;
    rest = rest.slice(match[0].length);
  }
  return `parsing time ${goQuote(text)}: extra text: ${goQuote(rest)}`;
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** `[]byte`: standard base64; line breaks inside are dropped, as Go's decoder does. */
export function normalizeBytes(text: string): Normalized {
  if (BASE64.test(text)) return { value: text };
  const joined = text.replace(/[\r\n]/g, '');
  if (BASE64.test(joined)) return { value: joined };
  const good = /^[A-Za-z0-9+/]*/.exec(joined)?.[0].length ?? 0;
  const at = good === joined.length ? good - (good % 4) : good;
  return { error: `illegal base64 data at input byte ${at}` };
}
