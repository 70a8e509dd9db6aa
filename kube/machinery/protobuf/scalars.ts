/** Times and bytes as they are printed. */
import { parseDuration } from '../cel/values/time-formats.ts';
import { ProtobufError } from '../schema/protobuf-reader.ts';

export interface ReadTime {
  /** Since the epoch; below 0 before it. */
  seconds: number;
  /** Within the second. */
  microseconds: number;
  isZero: boolean;
}

export const BACKSLASH = 0x5c;
/** The characters that stand behind it in JSON, by their codes. */
export const UNESCAPED: Readonly<Record<number, number>> = { 98: 8, 102: 12, 110: 10, 114: 13, 116: 9 };
const ZERO_SECONDS = -62_135_596_800;
const Z = 0x5a;

/** RFC 3339. Throws {@link ProtobufError} on what is none. */
export function timeOf(bytes: Uint8Array, from: number, to: number): ReadTime {
  const length = to - from;
  // The server prints `2006-01-02T15:04:05Z`, and the same with microseconds.
  if ((length === 20 || length === 27) && bytes[to - 1] === Z) {
    const days = daysOf(digits(bytes, from, 4), digits(bytes, from + 5, 2), digits(bytes, from + 8, 2));
    const minutes = digits(bytes, from + 11, 2) * 60 + digits(bytes, from + 14, 2);
    const seconds = days * 86_400 + minutes * 60 + digits(bytes, from + 17, 2);
    const microseconds = length === 27 ? digits(bytes, from + 20, 6) : 0;
    if (!Number.isNaN(seconds + microseconds)) return { seconds, microseconds, isZero: seconds === ZERO_SECONDS };
  }
  const text = new TextDecoder().decode(bytes.subarray(from, to));
  const milliseconds = Date.parse(text);
  if (Number.isNaN(milliseconds)) throw new ProtobufError(`${JSON.stringify(text)} is no time`);
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? '';
  const seconds = Math.floor(milliseconds / 1000);
  const microseconds = Number(fraction.padEnd(6, '0').slice(0, 6));
  return { seconds, microseconds, isZero: seconds === ZERO_SECONDS && microseconds === 0 };
}

/** NaN where one of them is no digit. */
function digits(bytes: Uint8Array, from: number, count: number): number {
  let value = 0;
  for (let at = from; at < from + count; at++) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = 10 * value + digit;
  }
  return value;
}

/** Days since the epoch of a day of the Gregorian calendar. */
function daysOf(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** Throws {@link ProtobufError}. */
export function base64Bytes(text: string): Uint8Array {
  let binary: string;
  try {
    binary = atob(text);
  } catch {
    throw new ProtobufError('illegal base64 data');
  }
  return Uint8Array.from(binary, (byte) => byte.charCodeAt(0));
}

/** Of a duration as Go prints it. Throws {@link ProtobufError}. */
export function nanosOf(text: string): bigint {
  const nanos = parseDuration(text);
  if (nanos === undefined) throw new ProtobufError(`${JSON.stringify(text)} is no duration`);
  return nanos;
}
