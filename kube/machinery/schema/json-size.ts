/**
 * The depth and the number of values of a JSON text, before anything is made of it: code that walks objects is
 * recursive and costs by the value, and three megabytes of `[` or `{},` are cheap to send.
 */

/**
 * Go's decoder stops at 10,000, on a stack that grows. The runtime's stack of 1 MB ends at 1,600 for the walk with the
 * largest frames (docs/decisions/2026-11-27-how-deep-json-nests.md).
 */
export const MAX_DEPTH = 1000;
/** An object of the largest size that is stored holds fewer, unless it was made to hurt. */
export const MAX_VALUES = 100_000;

/** The bracket that opens a value too deep, or too many values. */
export type JsonExcess = '[' | '{' | 'values';

/** The limit that the text is beyond; undefined for most. Texts that are no JSON are looked at as far as they go. */
export function jsonExcess(text: string, maxDepth = MAX_DEPTH, maxValues = MAX_VALUES): JsonExcess | undefined {
  // Too short to be either.
  if (text.length <= maxDepth) return undefined;
  let depth = 0;
  let values = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 34: // "
        at = endOfString(text, at) - 1;
        break;
      case 44: // ,
        if (++values > maxValues) return 'values';
        break;
      case 91: // [
      case 123: // {
        if (++depth > maxDepth) return text[at] as '[' | '{';
        break;
      case 93: // ]
      case 125: // }
        depth--;
        break;
    }
  }
  return undefined;
}

/** The index behind the string that opens at a quote; the end of the text where it does not close. */
export function endOfString(text: string, open: number): number {
  for (let close = text.indexOf('"', open + 1); close >= 0; close = text.indexOf('"', close + 1)) {
    let slashes = 0;
    while (text.charCodeAt(close - 1 - slashes) === 92) slashes++;
    if (slashes % 2 === 0) return close + 1;
  }
  return text.length;
}

/** The first number of a JSON text that is beyond all floats, as Go's decoder says it: JSON.parse reads infinity. */
export function hugeNumber(text: string): string | undefined {
  // Each digit would be tried as the first of so many, were they not asked for at the beginning of a number.
  if (!/[eE]\+?\d{3}|(?<!\d)\d{309}/.test(text)) return undefined;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 34) at = endOfString(text, at) - 1;
    else if (code >= 48 && code <= 57) {
      NUMBER.lastIndex = text.charCodeAt(at - 1) === 45 ? at - 1 : at;
      const [number = ''] = NUMBER.exec(text) ?? [];
      if (!Number.isFinite(Number(number))) {
        return `json: cannot unmarshal number ${number} into Go value of type float64`;
      }
      at = NUMBER.lastIndex - 1;
    }
  }
  return undefined;
}

const NUMBER = /-?[\d.eE+-]+/y;
