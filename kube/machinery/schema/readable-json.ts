/** JSON text so written that JavaScript reads it as Go does, where the two differ. */
import { isInt64, LAST_NUMBER, TEXTS_AND_NUMBERS } from './number-texts.ts';

/** An escape of one half of a character beyond the basic plane. */
const HALF = /\\u[dD][89a-fA-F]/;
const ESCAPES = /\\(?:u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|(u[dD][89a-fA-F][\da-fA-F]{2})|.)/gs;

/** The last whole numbers of 64 bits, which are as a number in memory the first beyond them. */
const LAST = /922337203685477\d{4}/;
/** The last that is another one in memory, as it is printed. */
const BEFORE_LAST = '9223372036854775000';

export function readableJson(text: string): string {
  const whole = HALF.test(text) ? withoutHalves(text) : text;
  return LAST.test(whole) ? withinInt64(whole) : whole;
}

/** Halves that are alone cannot be stored, and many clients cannot read them: Go's decoder replaces them. */
function withoutHalves(text: string): string {
  return text.replace(ESCAPES, (found, half?: string) => (half === undefined ? found : '\\ufffd'));
}

/** Clients send the largest number where there is no limit: that stays one that they can read. */
function withinInt64(text: string): string {
  return text.replace(TEXTS_AND_NUMBERS, (token) => {
    if (!LAST_NUMBER.test(token) || !isInt64(token)) return token;
    if (Math.abs(Number(token)) < 2 ** 63) return token;
    return token.startsWith('-') ? `-${BEFORE_LAST}` : BEFORE_LAST;
  });
}
