/**
 * Resource quantities (apimachinery `pkg/api/resource/quantity.go`): exact, as an integer count of nano-units.
 */
export interface Quantity {
  /** Value × 10⁹. */
  nano: bigint;
  /** How it was written: `100m` and `5` are decimal, `1Gi` binary, `1e3` exponent. */
  format: 'DecimalSI' | 'BinarySI' | 'DecimalExponent';
}

const SYNTAX = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)(?:(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)|[eE]([+-]?\d+))?$/;
const DECIMAL_EXPONENT: Record<string, number> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const BINARY_POWER: Record<string, number> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };
const NANO = 1_000_000_000n;
/** Upstream caps at 2^63-1. */
const MAX_NANO = (2n ** 63n - 1n) * NANO;

/** upstream's ErrFormatWrong */
export const QUANTITY_FORMAT_ERROR =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

/** Rounds up to nano-units, caps at ±(2^63-1), as upstream. Returns undefined when the text is no quantity. */
export function parseQuantity(text: string | number): Quantity | undefined {
  const match = SYNTAX.exec(typeof text === 'number' ? String(text) : text);
  if (!match) return undefined;
  const [, sign, digits = '', suffix = '', exponent] = match;
  const [whole = '', fraction = ''] = digits.split('.');
  let numerator = BigInt(`${whole}${fraction}` || '0') * NANO;
  let denominator = 10n ** BigInt(fraction.length);
  let format: Quantity['format'] = 'DecimalSI';
  if (suffix in BINARY_POWER) {
    format = 'BinarySI';
    numerator <<= BigInt(BINARY_POWER[suffix] ?? 0);
  } else {
    if (exponent !== undefined) format = 'DecimalExponent';
    const power = exponent === undefined ? (DECIMAL_EXPONENT[suffix] ?? 0) : Number(exponent);
    if (Math.abs(power) > 64) return undefined;
    if (power >= 0) numerator *= 10n ** BigInt(power);
    else denominator *= 10n ** BigInt(-power);
  }
  let nano = (numerator + denominator - 1n) / denominator;
  if (nano > MAX_NANO) nano = MAX_NANO;
  return { nano: sign === '-' ? -nano : nano, format };
}

export function compareQuantities(a: Quantity, b: Quantity): number {
  return a.nano < b.nano ? -1 : a.nano > b.nano ? 1 : 0;
}

/** `value()`: rounded up to a whole unit (bytes, cores). */
export function wholeUnits(quantity: Quantity): number {
  return Number(ceilDivide(quantity.nano, NANO));
}

/** `MilliValue()`: rounded up to thousandths (CPU). */
export function milliUnits(quantity: Quantity): number {
  return Number(ceilDivide(quantity.nano, 1_000_000n));
}

/** Whole units of a quantity's text; 0 for what is none (validation has refused that before). */
export function unitsOf(text: string | number | undefined): number {
  const quantity = text === undefined ? undefined : parseQuantity(text);
  return quantity ? wholeUnits(quantity) : 0;
}

/** Thousandths of a quantity's text; 0 for what is none. */
export function milliOf(text: string | number | undefined): number {
  const quantity = text === undefined ? undefined : parseQuantity(text);
  return quantity ? milliUnits(quantity) : 0;
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
  while (exponent < 18 && value % 1000n === 0n) {
    value /= 1000n;
    exponent += 3;
  }
  if (format === 'DecimalExponent') return exponent === 0 ? `${value}` : `${value}e${exponent}`;
  const suffix = Object.keys(DECIMAL_EXPONENT).find((key) => DECIMAL_EXPONENT[key] === exponent) ?? '';
  return `${value}${suffix}`;
}

/** The canonical text of a quantity's text; undefined when it is none. */
export function canonicalQuantity(text: string | number): string | undefined {
  const quantity = parseQuantity(text);
  return quantity && formatQuantity(quantity);
}

function ceilDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a > 0n && a % b !== 0n ? quotient + 1n : quotient;
}
