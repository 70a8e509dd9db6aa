/** Numbers of a JSON text that JavaScript reads otherwise than Go: there, `1.0` is no integer and 2^53 + 1 is one. */

/** Texts, which numbers stand in as well, and numbers. A text without an end takes all the rest: its quotes begin no others. */
export const TEXTS_AND_NUMBERS = /"[^"\\]*(?:\\.[^"\\]*)*"?|-?\d[-+.\deE]*/gs;

/** Most texts have no such digits, within strings neither, and cost this look alone. */
const LONG = /\d{16}/;
/** Bounded, so that hostile digits cost no more than others: of numbers longer than this none is found. */
const NOT_WHOLE = /\d[.eE][-+\deE]{1,30}\s*[,}\]]/;

/** Whether Go's decoder takes the number for an int64. */
export function isInt64(token: string): boolean {
  if (!/^-?\d+$/.test(token)) return false;
  return token.length < 19 || (token.length <= 20 && BigInt.asIntN(64, BigInt(token)) === BigInt(token));
}

/** The last whole numbers of 64 bits, where there is no limit: readable-json.ts makes one of them that can be read. */
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

/** Undefined for a text that has no such numbers, as most. */
export function standIns(text: string): StandIns | undefined {
  if (!NOT_WHOLE.test(text) && !LONG.test(text)) return undefined;
  const written: string[] = [];
  const replaced = text.replace(TEXTS_AND_NUMBERS, (token) => {
    if (token.startsWith('"') || isInt64(token)) return token;
    return `${written.push(token)}.5`;
  });
  return written.length > 0 ? { text: replaced, written } : undefined;
}
