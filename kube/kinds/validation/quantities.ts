import { parseQuantity } from '../../machinery/quantity.ts';

const NANO = 1_000_000_000n;

/** A warning about an amount of bytes that is no whole number. */
export function fraction(list: Readonly<Record<string, string>> | undefined, name: string, field: string): string[] {
  const text = list?.[name];
  const quantity = text === undefined ? undefined : parseQuantity(text);
  if (!quantity || quantity.nano % NANO === 0n) return [];
  return [`${field}[${name}]: fractional byte value ${JSON.stringify(text)} is invalid, must be an integer`];
}
