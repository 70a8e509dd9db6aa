/** JSON as Go writes it: sorted keys, four spaces, and `<`, `>`, `&` escaped. */

/** Without a newline at its end. */
export function jsonOf(value: unknown): string {
  return escaped(JSON.stringify(sorted(value), undefined, 4) ?? 'null')
    .replace(/\{\s*\}/g, '{}')
    .replace(/\[\s*\]/g, '[]');
}

/** On one line. */
export function compactJson(value: unknown): string {
  return escaped(JSON.stringify(sorted(value)) ?? 'null');
}

const byCodePoint = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : a > b ? 1 : 0);

export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(byCodePoint)
      .map(([key, each]) => [key, sorted(each)]),
  );
}

function escaped(text: string): string {
  return text.replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
