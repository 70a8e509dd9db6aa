/**
 * JSON whose whole numbers keep all of their digits, as in Go: those of 64 bits that a float does not hold exactly are
 * BigInts. Floats, and whole numbers beyond 64 bits, are numbers, as Go makes floats of them.
 */
import { hasLongNumber, isInt64 } from './schema/number-texts.ts';

/** JSON that holds a number's text as it is; Node.js 20 has none, and rounds. */
const RAW = (JSON as { rawJSON?: (text: string) => unknown }).rawJSON;

// `JSON.stringify` prints a BigInt by its digits, wherever it meets one, and throws without this.
Object.defineProperty(BigInt.prototype, 'toJSON', {
  value(this: bigint) {
    return RAW ? RAW(String(this)) : Number(this);
  },
  configurable: true,
  writable: true,
});

/** The value of a JSON text. Throws a SyntaxError. */
export function parseExact<T = unknown>(text: string): T {
  return (hasLongNumber(text) ? JSON.parse(text, exact) : JSON.parse(text)) as T;
}

function exact(_: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = context?.source;
  return source !== undefined && isInt64(source) ? BigInt(source) : value;
}

/** A whole number of 64 bits as a value: a number where that holds it, otherwise a BigInt. */
export function wholeNumber(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Whether Go's decoders make an int64 of the value. */
export function isWhole(value: unknown): value is number | bigint {
  return typeof value === 'bigint' || Number.isSafeInteger(value);
}
