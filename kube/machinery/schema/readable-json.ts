/** JSON text so written that JavaScript reads it as Go does, where the two differ. */
import { isInt64, LAST_NUMBER, TEXTS_AND_NUMBERS } from './number-texts.ts';

/** The escape of a surrogate. */
const HALF = /\\u[dD][89a-fA-F]/;
const ESCAPES = /\\(?:u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|(u[dD][89a-fA-F][\da-fA-F]{2})|.)/gs;

/** Numbers near 2^63 - 1, which JavaScript rounds to 2^63, beyond an int64. */
const LAST = /922337203685477\d{4}/;
/** A number that is near 2^63 and, as a float, within int64. */
const BEFORE_LAST = '9223372036854775000';

export function readableJson(text: string): string {
  const whole = HALF.test(text) ? withoutHalves(text) : text;
  return LAST.test(whole) ? withinInt64(whole) : whole;
}

/** Lone surrogates become U+FFFD, as Go's decoder has it: many clients cannot read them. */
function withoutHalves(text: string): string {
  return text.replace(ESCAPES, (found, half?: string) => (half === undefined ? found : '\\ufffd'));
}

/** Clients send the greatest int64 for no limit; it becomes one that they can read back. */
function withinInt64(text: string): string {
  return text.replace(TEXTS_AND_NUMBERS, (token) => {
    if (!LAST_NUMBER.test(token) || !isInt64(token)) return token;
    if (Math.abs(Number(token)) < 2 ** 63) return token;
    return token.startsWith('-') ? `-${BEFORE_LAST}` : BEFORE_LAST;
  });
}
