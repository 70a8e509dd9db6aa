/** Texts of times and durations (Go's `time`, kube-openapi `pkg/validation/strfmt`). */
import { parseDuration as parseGoDuration } from '../../go-duration.ts';
import { goQuote } from '../../schema/go-names.ts';
import { Timestamp } from './value.ts';

const SECOND = 1_000_000_000n;
/** Go's `time.ParseDuration`, in nanoseconds. */
export function parseDuration(text: string): bigint | undefined {
  const nanos = parseGoDuration(text);
  return typeof nanos === 'string' ? undefined : nanos;
}

/** A duration in words, as OpenAPI's format takes it, too (`strfmt.ParseDuration`): `3 days`, `2 w`. */
export function parseOpenApiDuration(text: string): bigint | undefined {
  const plain = parseDuration(text);
  if (plain !== undefined) return plain;
  const matches = [...text.matchAll(/(\d+)\s*([A-Za-zµ]+)/g)];
  if (matches.length === 0) return undefined;
  let total = 0n;
  for (const [, amount = '', unit = ''] of matches) {
    const scale = wordUnit(unit);
    if (scale === undefined || amount.length > 18) return undefined;
    total += BigInt(amount) * scale;
  }
  return total;
}

const WORDS: readonly [RegExp, bigint][] = [
  [/^(?:ns|nanos?|nanoseconds?)$/, 1n],
  [/^(?:us|µs|micros?|microseconds?)$/, 1_000n],
  [/^(?:ms|millis?|milliseconds?)$/, 1_000_000n],
  [/^(?:s|secs?|seconds?)$/, SECOND],
  [/^(?:m|mins?|minutes?)$/, 60n * SECOND],
  [/^(?:h|hr|hours?)$/, 3600n * SECOND],
  [/^(?:d|days?)$/, 86_400n * SECOND],
  [/^(?:w|wks?|weeks?)$/, 604_800n * SECOND],
];

function wordUnit(unit: string): bigint | undefined {
  return WORDS.find(([pattern]) => pattern.test(unit))?.[1];
}

const TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d?):(\d\d):(\d\d)(?:[.,](\d+))?(?:(Z)|([+-])(\d\d):(\d\d))?$/;

/** The days of a date that exists, in nanoseconds since 1970. */
export function parseDate(text: string): bigint | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (!match) return undefined;
  return dayNanos(Number(match[1]), Number(match[2]), Number(match[3]));
}

function dayNanos(year: number, month: number, day: number): bigint | undefined {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return BigInt(date.getTime()) * 1_000_000n;
}

/**
 * RFC 3339 as Go's `time.Parse` takes it, which lets an hour have one digit, a comma begin the fraction, and a zone have
 * 60 minutes.
 */
export function parseTimestamp(text: string): Timestamp | undefined {
  const match = TIME.exec(text);
  return match && (match[8] || match[9]) ? timestampOf(match) : undefined;
}

/** `strfmt.ParseDateTime`, which takes no zone, too, and nothing. */
export function parseDateTime(text: string): Timestamp | undefined {
  if (text === '') return new Timestamp(0n);
  const match = TIME.exec(text);
  return match ? timestampOf(match) : undefined;
}

/** Go's error about a text that has the format `date-time` and is none that {@link parseDateTime} takes. */
export function dateTimeError(text: string): string {
  const time = `parsing time ${goQuote(text)}`;
  const [read] = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d+)?/.exec(text) ?? [];
  if (read !== undefined) return `${time}: extra text: ${goQuote(text.slice(read.length))}`;
  return `${time} as "2006-01-02T15:04:05": cannot parse ${goQuote(text.slice(10))} as "T"`;
}

function timestampOf(match: RegExpExecArray): Timestamp | undefined {
  const [, year, month, day, hour, minute, second, fraction = '', , sign, zoneHour, zoneMinute] = match;
  const days = dayNanos(Number(year), Number(month), Number(day));
  if (days === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  if (Number(zoneHour ?? 0) > 24 || Number(zoneMinute ?? 0) > 60) return undefined;
  const offset = (sign === '-' ? -1 : 1) * (Number(zoneHour ?? 0) * 3600 + Number(zoneMinute ?? 0) * 60);
  const seconds = Number(hour) * 3600 + Number(minute) * 60 + Number(second) - offset;
  const nanos = days + BigInt(seconds) * SECOND + BigInt(fraction.slice(0, 9).padEnd(9, '0'));
  return new Timestamp(nanos, offset);
}

export const MIN_TIME = -62_135_596_800n * SECOND;
const MAX_TIME = 253_402_300_800n * SECOND;

/** Whether it is within the years 1 to 9999. */
export function isTime(nanos: bigint | undefined): boolean {
  return nanos !== undefined && nanos >= MIN_TIME && nanos < MAX_TIME;
}

export function floorDivide(a: bigint, b: bigint): bigint {
  return a % b < 0n ? a / b - 1n : a / b;
}

/** Seconds of 400 years, after which days of the month and of the week come again. */
const CYCLE = 146_097n * 86_400n;
/** Go counts seconds from a year so far back that the count of any time has no sign, and wraps around. */
const SINCE_FIRST_YEAR = 730_692_556n * CYCLE + 62_135_596_800n;
/** Seconds of a Date, short of the most by some days. */
const DATE_SECONDS = 8_640_000_000_000n - 1_000_000n;

/**
 * The parts of a time, which a message may put beyond those that a Date holds: a Date of the same parts but for its year,
 * and the years to add.
 */
export function civilTime(nanos: bigint): { date: Date; years: number } {
  const [seconds, rest] = [floorDivide(nanos, SECOND), floorDivide(nanos, 1_000_000n)];
  if (seconds > -DATE_SECONDS && seconds < DATE_SECONDS) return { date: new Date(Number(rest)), years: 0 };
  const wrapped = BigInt.asUintN(64, seconds + SINCE_FIRST_YEAR) - SINCE_FIRST_YEAR;
  // Rules of time zones are those of the far future, or of before there were any.
  const cycles = floorDivide(wrapped, CYCLE) + (wrapped < 0n ? 3n : -1n);
  const milliseconds = Number(wrapped - cycles * CYCLE) * 1000 + Number(rest - seconds * 1000n);
  return { date: new Date(milliseconds), years: Number(cycles) * 400 };
}

/** Go's RFC3339Nano. */
export function formatTimestamp({ nanos, offset }: Timestamp): string {
  const local = nanos + BigInt(offset) * SECOND;
  const { date, years } = civilTime(local);
  const fraction = local - floorDivide(local, SECOND) * SECOND;
  const digits = String(fraction).padStart(9, '0').replace(/0+$/, '');
  const sign = offset < 0 ? '-' : '+';
  const minutes = Math.abs(offset) / 60;
  const two = (value: number) => String(Math.trunc(value)).padStart(2, '0');
  const zone = offset === 0 ? 'Z' : `${sign}${two(minutes / 60)}:${two(minutes % 60)}`;
  const year = date.getUTCFullYear() + years;
  const text = `${year < 0 ? '-' : ''}${String(Math.abs(year)).padStart(4, '0')}${date.toISOString().slice(-20, -5)}`;
  return `${text}${digits === '' ? '' : `.${digits}`}${zone}`;
}

/** `string(duration)`: in seconds, as `5401.5s`; upstream prints them as a float64 (Go's `Duration.Seconds`). */
export function formatSeconds(nanos: bigint): string {
  const seconds = Number(nanos / SECOND) + Number(nanos % SECOND) / 1e9;
  return `${Math.abs(seconds) < 1e-6 ? seconds.toFixed(9).replace(/\.?0+$/, '') : seconds}s`;
}
