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
