const utf8 = new TextEncoder();

/**
 * Whether texts are more bytes together, as UTF-8, than a limit. A UTF-16 code unit is three bytes at most, so they are
 * seldom measured.
 */
export function exceedsUtf8(texts: readonly string[], limit: number): boolean {
  const units = texts.reduce((sum, text) => sum + text.length, 0);
  if (units * 3 <= limit) return false;
  return units > limit || texts.reduce((sum, text) => sum + utf8.encode(text).length, 0) > limit;
}
