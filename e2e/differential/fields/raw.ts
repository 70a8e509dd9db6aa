/** JSON that `JSON.stringify` cannot print: numbers in another form, and escapes of half a character. */

const MARK = '\u0001raw:';
const MARKED = /"\\u0001raw:((?:[^"\\]|\\.)*)"/g;

/** A value that {@link printed} prints as this text of JSON. */
export function raw(json: string): string {
  return MARK + json;
}

export function isRaw(value: unknown): boolean {
  return JSON.stringify(value)?.includes('\\u0001raw:') === true;
}

export function printed(value: unknown): string {
  return JSON.stringify(value).replace(MARKED, (_, json: string) => JSON.parse(`"${json}"`) as string);
}
