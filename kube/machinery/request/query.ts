/** Query strings, read without URL or URLSearchParams: they cost garbage on every request. */
export interface Query {
  get(name: string): string | undefined;
  all(name: string): readonly string[];
  has(name: string): boolean;
}

const NOTHING: readonly string[] = [];
const EMPTY: Query = { get: () => undefined, all: () => NOTHING, has: () => false };

/** As Go's `url.ParseQuery`, which drops what has a semicolon or a malformed escape. */
export function parseQuery(text: string): Query {
  if (text === '') return EMPTY;
  const values = new Map<string, string[]>();
  for (const part of text.split('&')) {
    if (part === '' || part.includes(';')) continue;
    const equals = part.indexOf('=');
    const name = decodePart(equals < 0 ? part : part.slice(0, equals));
    const value = equals < 0 ? '' : decodePart(part.slice(equals + 1));
    if (name === undefined || value === undefined) continue;
    const known = values.get(name);
    if (known) known.push(value);
    else values.set(name, [value]);
  }
  return {
    get: (name) => values.get(name)?.[0],
    all: (name) => values.get(name) ?? NOTHING,
    has: (name) => values.has(name),
  };
}

/** `Convert_Slice_string_To_bool`: absent is false; `0` and `false` (in any case) are; anything else, '' too, is true. */
export function queryFlag(query: Query, name: string): boolean {
  const value = query.get(name);
  return value !== undefined && value !== '0' && value.toLowerCase() !== 'false';
}

function decodePart(text: string): string | undefined {
  if (!text.includes('%') && !text.includes('+')) return text;
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    // Bytes that are no UTF-8 are Go's to keep; only escapes that are none are dropped.
    return /%(?![0-9a-fA-F]{2})/.test(spaced) ? undefined : spaced;
  }
}
