import { milliUnits, parseQuantity } from '../../machinery/quantity.ts';

/** A warning about an amount of bytes that is no whole number, to the thousandth. */
export function fraction(list: Readonly<Record<string, string>> | undefined, name: string, field: string): string[] {
  const text = list?.[name];
  const quantity = text === undefined ? undefined : parseQuantity(text);
  if (!quantity || milliUnits(quantity) % 1000 === 0) return [];
  return [`${field}[${name}]: fractional byte value ${JSON.stringify(text)} is invalid, must be an integer`];
}
