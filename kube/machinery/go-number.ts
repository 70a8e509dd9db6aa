/** Numbers as Go's types hold and print them. */

/** The first whole number beyond an int64. */
export const INT64 = 2 ** 63;

/** Whether the number is an int64, or a float that is one. */
export function isGoInteger(value: number | bigint): boolean {
  return typeof value === 'bigint' || (Number.isInteger(value) && Math.abs(value) < INT64);
}

/** A float64 as Go's `%v` prints it: with an exponent from 1e+06 on, and below 1e-4, and two digits in it. */
export function goFloat(value: number): string {
  const size = Math.abs(value);
  if (value === 0 || (size >= 1e-4 && size < 1e6)) return String(value);
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
}

const DIGITS = '\\d(?:_?\\d)*';
const HEX = '[0-9a-f](?:_?[0-9a-f])*';
const DECIMAL = new RegExp(`^[+-]?(?:${DIGITS}(?:\\.(?:${DIGITS})?)?|\\.${DIGITS})(?:e[+-]?${DIGITS})?$`, 'i');
const HEXADECIMAL = new RegExp(`^([+-]?)0x(?:_?(${HEX})(?:\\.(${HEX})?)?|\\.(${HEX}))p([+-]?${DIGITS})$`, 'i');

/** Go's `strconv.ParseFloat`; undefined for a text that is no number, or too large a one. */
export function goFloat64(text: string): number | undefined {
  if (/^[+-]?inf(?:inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (/^nan$/i.test(text)) return Number.NaN;
  const value = DECIMAL.test(text) ? Number(text.replaceAll('_', '')) : hexadecimal(text);
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

function hexadecimal(text: string): number | undefined {
  const [whole, sign, integer = '', behind = '', alone = '', power = ''] = HEXADECIMAL.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const fraction = (behind || alone).replaceAll('_', '');
  const size = rounded(
    BigInt(`0x0${integer.replaceAll('_', '')}${fraction}`),
    Number(power.replaceAll('_', '')) - fraction.length * 4,
  );
  return sign === '-' ? -size : size;
}

/** The double nearest to `value` × 2^`power`. */
function rounded(value: bigint, power: number): number {
  if (value === 0n) return 0;
  const bits = value.toString(2).length;
  if (bits + power > 1024) return Infinity;
  // A double has 53 bits, or fewer where it is next to nothing.
  const dropped = bits - Math.min(53, bits + power + 1074);
  if (dropped > bits) return 0;
  if (dropped <= 0) return Number(value) * 2 ** power;
  const half = 1n << BigInt(dropped - 1);
  const [most, rest] = [value >> BigInt(dropped), value & ((half << 1n) - 1n)];
  const isUp = rest > half || (rest === half && most % 2n === 1n);
  return Number(isUp ? most + 1n : most) * 2 ** (power + dropped);
}
