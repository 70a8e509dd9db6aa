/**
 * Resource quantities (apimachinery `pkg/api/resource/quantity.go`): exact, as an integer count of nano-units.
 */
import { RecentMap } from './recent-map.ts';

export interface Quantity {
  /** Value × 10⁹. */
  readonly nano: bigint;
  /** The notation: `100m` and `5` are decimal, `1Gi` binary, `1e3` exponent. */
  readonly format: 'DecimalSI' | 'BinarySI' | 'DecimalExponent';
}

/**
 * Sign, digits, digits after a point; the rest is the suffix. Two patterns, so that long texts cost by their length.
 */
const NUMBER = /^([+-]?)0*(\d*)(?:\.(\d*))?/;
const SUFFIX = /^[eEinumkKMGTP]*[-+]?\d*$/;
const EXPONENT = /^[eE][-+]?\d+$/;
const DECIMAL_EXPONENT: Record<string, number> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const BINARY_POWER: Record<string, number> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };
const NANO = 1_000_000_000n;
/** Upstream caps binary quantities at 2^63-1. */
const MAX_BINARY_NANO = (2n ** 63n - 1n) * NANO;
/** Upstream takes any exponent; a number of as many digits would fill the memory. */
const MAX_EXPONENT = 64;
/** Upstream takes any number of digits, and needs the square of it. */
const MAX_LENGTH = 1000;
/** The limit of amounts that upstream computes in an int64 (`maxInt64Factors`). */
const MAX_DIGITS = 18;

/** Upstream's ErrFormatWrong and ErrSuffix. */
export const QUANTITY_FORMAT_ERROR =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const SUFFIX_ERROR = "unable to parse quantity's suffix";
const NUMBER_ERROR = 'unable to parse numeric part of quantity';

interface Parts {
  negative: boolean;
  /** Without leading zeros, but `0` for none. */
  whole: string;
  fraction: string;
  base: 2 | 10;
  exponent: number;
  format: Quantity['format'];
}

/** The parts of a text, or the reason why it is no quantity. */
function split(text: string): Parts | string {
  const match = NUMBER.exec(text);
  if (!match || text === '') return QUANTITY_FORMAT_ERROR;
  const [number, sign, digits = '', fraction = ''] = match;
  if (digits.length + fraction.length > MAX_LENGTH) return NUMBER_ERROR;
  const suffix = text.slice(number.length);
  if (!SUFFIX.test(suffix)) return QUANTITY_FORMAT_ERROR;
  const scale = scaleOf(suffix);
  if (!scale) return SUFFIX_ERROR;
  const parts = { negative: sign === '-', whole: digits === '' ? '0' : digits, fraction, ...scale };
  // Upstream reads a suffix alone as zero where it counts in an int64, and as no number where it does not.
  return /\d/.test(number) || fitsInt64(parts) ? parts : NUMBER_ERROR;
}

function scaleOf(suffix: string): Pick<Parts, 'base' | 'exponent' | 'format'> | undefined {
  const decimal = DECIMAL_EXPONENT[suffix];
  if (decimal !== undefined) return { base: 10, exponent: decimal, format: 'DecimalSI' };
  const binary = BINARY_POWER[suffix];
  if (binary !== undefined) return { base: 2, exponent: binary, format: 'BinarySI' };
  const exponent = EXPONENT.test(suffix) ? Number(suffix.slice(1)) : Number.NaN;
  return Math.abs(exponent) <= MAX_EXPONENT ? { base: 10, exponent, format: 'DecimalExponent' } : undefined;
}

/** Rounds up to nano-units, as upstream. Returns undefined when the text is no quantity. */
export function parseQuantity(text: string | number): Quantity | undefined {
  if (typeof text === 'number') return parseText(String(text));
  if (text.length > MAX_KEPT_LENGTH) return parseText(text);
  const kept = recent.get(text);
  if (kept) return kept;
  const quantity = parseText(text);
  if (quantity) recent.set(text, quantity);
  return quantity;
}

/** Pods name few amounts, and each write of one reads every amount several times. */
const recent = new RecentMap<Quantity>(1000);
const MAX_KEPT_LENGTH = 16;

function parseText(text: string): Quantity | undefined {
  const parts = split(text);
  return typeof parts === 'string' ? undefined : toQuantity(parts);
}

function toQuantity({ negative, whole, fraction, base, exponent, format }: Parts): Quantity {
  let numerator = BigInt(whole + fraction) * NANO;
  let denominator = fraction === '' ? 1n : 10n ** BigInt(fraction.length);
  if (base === 2) numerator <<= BigInt(exponent);
  else if (exponent >= 0) numerator *= 10n ** BigInt(exponent);
  else denominator *= 10n ** BigInt(-exponent);
  let nano = (numerator + denominator - 1n) / denominator;
  if (format === 'BinarySI' && nano > MAX_BINARY_NANO) nano = MAX_BINARY_NANO;
  return { nano: negative ? -nano : nano, format };
}

/**
 * Whether upstream prints the text as it was written (`ParseQuantity`): one whose digits fit an int64 and, without
 * leading zeros, could not be written with a larger suffix. Any other it prints in its canonical form.
 */
function isKept(parts: Parts): boolean {
  const { whole, fraction, base, exponent } = parts;
  const digits = whole + fraction;
  if (!fitsInt64(parts)) return false;
  if (base === 2) return Number(digits) % 8 !== 0;
  return (exponent - fraction.length) % 3 === 0 && !digits.endsWith('000') && !digits.startsWith('0');
}

/** The text as upstream prints it after reading it, or why it can't be read (`UnmarshalJSON`, `MarshalJSON`). */
export function printedQuantity(text: string): { value: string } | { error: string } {
  const parts = split(text);
  if (typeof parts === 'string') return { error: parts };
  return { value: isKept(parts) ? text : formatQuantity(toQuantity(parts)) };
}

/** How upstream holds an amount, `value` × 10^`scale`: in an int64, or (`isDecimal`) in a number of any size. */
export interface HeldAmount {
  value: bigint;
  scale: number;
  isDecimal: boolean;
}

/** As upstream holds a text that is a quantity. */
export function heldAmount(text: string): HeldAmount {
  const parts = split(text);
  if (typeof parts === 'string') return { value: 0n, scale: 0, isDecimal: false };
  const { negative, whole, fraction, base, exponent } = parts;
  const { nano } = toQuantity(parts);
  const size = BigInt(whole + fraction) << BigInt(base === 2 ? exponent : 0);
  if (fitsInt64(parts) && size < 2n ** 63n) {
    return { value: negative ? -size : size, scale: base === 2 ? 0 : exponent - fraction.length, isDecimal: false };
  }
  const isCapped = base === 2 && (nano === MAX_BINARY_NANO || nano === -MAX_BINARY_NANO);
  return isCapped ? { value: nano / NANO, scale: 0, isDecimal: true } : { value: nano, scale: -9, isDecimal: true };
}

export function compareQuantities(a: Quantity, b: Quantity): number {
  return a.nano < b.nano ? -1 : a.nano > b.nano ? 1 : 0;
}

/** `Value()`: rounded up to a whole unit (bytes, cores). */
export function unitCeil(quantity: Quantity): bigint {
  return ceilDivide(quantity.nano, NANO);
}

/** `MilliValue()`: rounded up to thousandths (CPU). */
export function milliCeil(quantity: Quantity): bigint {
  return ceilDivide(quantity.nano, 1_000_000n);
}

/** As {@link unitCeil}, as a number. */
export function wholeUnits(quantity: Quantity): number {
  return Number(unitCeil(quantity));
}

/**
 * Whether it is a whole number to upstream, which counts thousandths in an int64 (`MilliValue() % 1000`): numbers of few
 * digits that are too large for that count as zero, others wrap around. So does a text that is no quantity.
 */
export function isWhole(text: string): boolean {
  const parts = split(text);
  if (typeof parts === 'string') return true;
  const milli = ceilDivide(toQuantity(parts).nano, 1_000_000n);
  const wrapped = BigInt.asIntN(64, milli);
  return (wrapped !== milli && fitsInt64(parts)) || wrapped % 1000n === 0n;
}

/** Whether upstream keeps the digits in an int64, beside a scale. */
function fitsInt64({ whole, fraction, base, exponent }: Parts): boolean {
  if (base === 10) return (whole + fraction).length <= MAX_DIGITS && exponent - fraction.length >= -9;
  return fraction === '' && MAX_DIGITS - 4 - whole.length - Math.trunc((exponent * 3) / 10) >= 0;
}

/** Whole units of a quantity's text; 0 for what is none (validation has refused that before). */
export function unitsOf(text: string | number | undefined): number {
  const quantity = text === undefined ? undefined : parseQuantity(text);
  return quantity ? wholeUnits(quantity) : 0;
}

/** Thousandths of a quantity's text; 0 for what is none. */
export function milliOf(text: string | number | undefined): number {
  const quantity = text === undefined ? undefined : parseQuantity(text);
  return quantity ? Number(milliCeil(quantity)) : 0;
}

export function addQuantities(a: Quantity, b: Quantity): Quantity {
  return { nano: a.nano + b.nano, format: a.nano === 0n ? b.format : a.format };
}

/** The canonical text (`CanonicalizeBytes`): no fraction, the largest suffix that keeps the value exact. */
export function formatQuantity({ nano, format }: Quantity): string {
  if (nano === 0n) return '0';
  // Binary suffixes only carry whole numbers from 1024 up; smaller or fractional values are decimal.
  if (format === 'BinarySI' && nano % NANO === 0n && (nano >= 1024n * NANO || nano <= -1024n * NANO)) {
    let value = nano / NANO;
    let power = 0;
    while (power < 6 && value % 1024n === 0n) {
      value /= 1024n;
      power++;
    }
    return `${value}${['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'][power]}`;
  }
  let value = nano;
  let exponent = -9;
  // No suffix is larger than E.
  while ((exponent < 18 || format === 'DecimalExponent') && value % 1000n === 0n) {
    value /= 1000n;
    exponent += 3;
  }
  if (format === 'DecimalExponent') return exponent === 0 ? `${value}` : `${value}e${exponent}`;
  const suffix = Object.keys(DECIMAL_EXPONENT).find((key) => DECIMAL_EXPONENT[key] === exponent) ?? '';
  return `${value}${suffix}`;
}

function ceilDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a > 0n && a % b !== 0n ? quotient + 1n : quotient;
}
