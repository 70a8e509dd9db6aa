/** The headers by which an aggregated API knows the user of a request that this server passes on. */
import type { UserInfo } from '../request.ts';

/** Characters that a header's name cannot have (RFC 9110, 5.6.2). */
const TOKEN = /[^A-Za-z0-9!#$&'*+.^_`|~-]/g;

/** client-go `transport.SetAuthProxyHeaders`. */
export function userHeaders({ name, uid, groups, extra = {} }: UserInfo): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = { 'x-remote-user': bytes(name) };
  if (uid) headers['x-remote-uid'] = bytes(uid);
  if (groups.length > 0) headers['x-remote-group'] = groups.map(bytes);
  for (const [key, values] of Object.entries(extra)) {
    const header = `x-remote-extra-${escapeKey(key)}`;
    // Keys that differ in their case alone share a header.
    headers[header] = [...(headers[header] ?? []), ...values.map(bytes)];
  }
  return headers;
}

/** A header holds bytes: those of UTF-8, as Go writes it. */
function bytes(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte))
    .join('')
    .replace(/[\0\r\n]/g, ' ');
}

/** `headerKeyEscape`. */
function escapeKey(key: string): string {
  return key.toLowerCase().replace(TOKEN, (char) => {
    return Array.from(new TextEncoder().encode(char), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  });
}
