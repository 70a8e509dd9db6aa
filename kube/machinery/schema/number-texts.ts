/** Numbers of a JSON text that JavaScript reads otherwise than Go: there, `1.0` is no integer and 2^53 + 1 is one. */

/**
 * Tokens of a JSON text: strings, whose digits are no numbers, and numbers. A string without an end takes all the rest, so
 * that its quotes begin no others.
 */
export const TEXTS_AND_NUMBERS = /"[^"\\]*(?:\\.[^"\\]*)*"?|-?\d[-+.\deE]*/gs;

/** Digits that a number needs to be rounded. Most texts have none, and cost this search alone. */
const LONG = /\d{16}/;
/** A number with a fraction or an exponent, of bounded length, so that hostile digits cost no more than others. */
const NOT_WHOLE = /\d[.eE][-+\deE]{1,30}\s*[,}\]]/;

/** Whether Go's decoder takes the number for an int64. */
export function isInt64(token: string): boolean {
  if (!/^-?\d+$/.test(token)) return false;
  return token.length < 19 || (token.length <= 20 && BigInt.asIntN(64, BigInt(token)) === BigInt(token));
}

/** Numbers near 2^63 - 1, which clients send for no limit: `readableJson` makes them one that clients can read back. */
export const LAST_NUMBER = /^-?922337203685477\d{4}$/;

/**
 * The first whole number of 64 bits that would be printed as another one. Floats and numbers beyond 64 bits, which Go's
 * decoder rounds as well, are none.
 */
export function inexactNumber(text: string): string | undefined {
  if (!LONG.test(text)) return undefined;
  for (const [token] of text.matchAll(TEXTS_AND_NUMBERS)) {
    if (token.length < 16 || token.startsWith('"')) continue;
    if (isInt64(token) && String(Number(token)) !== token && !LAST_NUMBER.test(token)) return token;
  }
  return undefined;
}

/** A text in which `1.5`, `2.5` … stand for numbers that are no int64; these are in `written`, by their order. */
export interface StandIns {
  text: string;
  written: readonly string[];
}

/** The text with its stand-ins; undefined for one without such numbers, as most are. */
export function standIns(text: string): StandIns | undefined {
  if (!NOT_WHOLE.test(text) && !LONG.test(text)) return undefined;
  const written: string[] = [];
  const replaced = text.replace(TEXTS_AND_NUMBERS, (token) => {
    if (token.startsWith('"') || isInt64(token)) return token;
    return `${written.push(token)}.5`;
  });
  return written.length > 0 ? { text: replaced, written } : undefined;
}
