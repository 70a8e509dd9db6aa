/** JSON text so written that JavaScript reads it as Go does, where the two differ. */

/** The escape of a surrogate. */
const HALF = /\\u[dD][89a-fA-F]/;
const ESCAPES = /\\(?:u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|(u[dD][89a-fA-F][\da-fA-F]{2})|.)/gs;

export function readableJson(text: string): string {
  return HALF.test(text) ? withoutHalves(text) : text;
}

/** Lone surrogates become U+FFFD, as Go's decoder has it: many clients cannot read them. */
function withoutHalves(text: string): string {
  return text.replace(ESCAPES, (found, half?: string) => (half === undefined ? found : '\\ufffd'));
}
