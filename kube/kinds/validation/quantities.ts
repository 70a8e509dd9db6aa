import { isWhole } from '../../machinery/quantity.ts';

/** A warning about an amount of bytes that is no whole number. */
export function fraction(list: Readonly<Record<string, string>> | undefined, name: string, field: string): string[] {
  const text = list?.[name];
  if (text === undefined || isWhole(text)) return [];
  return [`${field}[${name}]: fractional byte value ${JSON.stringify(text)} is invalid, must be an integer`];
}
