/** Numbers of a JSON text that JavaScript reads otherwise than Go: there, `1.0` is no integer and 2^53 + 1 is one. */

/**
 * Tokens of a JSON text: strings, whose digits are no numbers, and numbers. A string without an end takes all the rest, so
 * that its quotes begin no others.
 */
export const TEXTS_AND_NUMBERS = /"[^"\\]*(?:\\.[^"\\]*)*"?|-?\d[-+.\deE]*/gs;

/** Digits of the first whole number that a float does not hold exactly. */
const DIGITS = 16;
/** A number with a fraction or an exponent, of bounded length, so that hostile digits cost no more than others. */
const NOT_WHOLE = /\d[.eE][-+\deE]{1,30}\s*[,}\]]/;

/**
 * Whether the text has as many digits in a row, in a number or elsewhere. One character of sixteen is looked at, as every
 * such row holds one of these: a search by a regular expression takes a fifth of the time of a parse.
 */
export function hasLongNumber(text: string): boolean {
  for (let at = DIGITS - 1; at < text.length; at += DIGITS) {
    if (!isDigit(text.charCodeAt(at))) continue;
    let from = at;
    while (isDigit(text.charCodeAt(from - 1))) from--;
    let to = at + 1;
    while (isDigit(text.charCodeAt(to))) to++;
    if (to - from >= DIGITS) return true;
  }
  return false;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Whether Go's decoder takes the number for an int64. */
export function isInt64(token: string): boolean {
  if (!/^-?\d+$/.test(token)) return false;
  return token.length < 19 || (token.length <= 20 && BigInt.asIntN(64, BigInt(token)) === BigInt(token));
}

/** A text in which `1.5`, `2.5` … stand for numbers that are no int64; these are in `written`, by their order. */
export interface StandIns {
  text: string;
  written: readonly string[];
}

/** The text with its stand-ins; undefined for one without such numbers, as most are. */
export function standIns(text: string): StandIns | undefined {
  if (!NOT_WHOLE.test(text) && !hasLongNumber(text)) return undefined;
  const written: string[] = [];
  const replaced = text.replace(TEXTS_AND_NUMBERS, (token) => {
    if (token.startsWith('"') || isInt64(token)) return token;
    return `${written.push(token)}.5`;
  });
  return written.length > 0 ? { text: replaced, written } : undefined;
}
