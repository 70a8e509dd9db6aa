/** Prefixes of keys: `pods/` and `pods/default/` are ranges, anything else without a final slash is one whole key. */
import type { Key } from '../../kube/machinery/resource.ts';

export const EVENTS_PREFIX = 'events/';
export const SECRETS_PREFIX = 'secrets/';

export function isEventKey(key: Key): boolean {
  return key.startsWith(EVENTS_PREFIX);
}

export function isUnder(prefix: string, key: Key): boolean {
  return prefix === '' || (prefix.endsWith('/') ? key.startsWith(prefix) : key === prefix);
}

/** The keys under a prefix lie strictly between `after` and `before`, in byte order. */
export interface KeyRange {
  after: string;
  before: string;
}

/** Higher than any key: keys begin with a resource's name. */
const END = '\u{10ffff}';

/** For prefixes that are not whole keys. `0` is the character after `/`. */
export function rangeOf(prefix: string, after = ''): KeyRange {
  const before = prefix === '' ? END : `${prefix.slice(0, -1)}0`;
  return { after: after > prefix ? after : prefix, before };
}

export function isWholeKey(prefix: string): boolean {
  return prefix !== '' && !prefix.endsWith('/');
}
