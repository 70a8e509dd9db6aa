/** Headers that Worker, agents and launcher pass on. */

/** Headers of one connection, which no proxy passes on (RFC 9110, 7.6.1). */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Whether a proxy passes a header on; `connection` is the value of the message's header of that name. */
export function isEndToEnd(name: string, connection: string | null): boolean {
  const lower = name.toLowerCase();
  if (HOP_BY_HOP.has(lower)) return false;
  return !connection?.split(',').some((token) => token.trim().toLowerCase() === lower);
}

/**
 * From the Worker to an object: the path as the client sent it, where a URL would have another. Objects are asked by URL,
 * and a URL resolves `..`, so that the request for an object would become one for its namespace.
 */
export const PATH_HEADER = 'islet-path';

/** Whether a URL with this path, which has no query, has another path (WHATWG URL, 4.4). */
export function changesInUrl(path: string): boolean {
  return CHANGES_IN_URL.test(path);
}

const CHANGES_IN_URL = /[\\#]|\/(\.|%2e){1,2}(\/|$)/i;

/** Pairs as Node's clients take them: the values of a name that occurs several times are an array, in order. */
export function headersByName(pairs: readonly (readonly [string, string])[]): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of pairs) {
    headers[name] = Object.hasOwn(headers, name) ? [headers[name] ?? [], value].flat() : value;
  }
  return headers;
}

/** JSON as a header can hold it: ASCII alone. */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(/[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * A header as Node has it, with the bytes of UTF-8 as characters: so it is between the Worker and the agent. The Workers
 * runtime has it as text.
 */
export function headerBytes(text: string): string {
  return ASCII.test(text) ? text : String.fromCharCode(...new TextEncoder().encode(text));
}

/** The text of such bytes; the bytes themselves where they are none of UTF-8. */
export function headerText(bytes: string): string {
  if (ASCII.test(bytes)) return bytes;
  try {
    return UTF_8.decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0)));
  } catch {
    return bytes;
  }
}

const ASCII = /^[\0-\x7f]*$/;
const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
