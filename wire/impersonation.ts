/**
 * `kubectl --as-user-extra`: any number of headers `Impersonate-Extra-KEY`. The object reads headers by name, so the
 * Worker hands it all of them in one, which it lets through from no client.
 */
export const IMPERSONATED_EXTRA = 'islet-impersonated-extra';

type Extra = Record<string, string[]>;

const PREFIX = 'impersonate-extra-';

export const isExtra = (header: string): boolean => header.startsWith(PREFIX);

/**
 * The values of headers of one name, between which `fetch` puts a comma and a space. A comma alone is part of a value, as
 * in a group of a directory: `CN=admins,OU=groups`.
 */
export const valuesOf = (joined: string): string[] => joined.split(', ').map((value) => value.trim());

/** Undefined when there are none. */
export function gatherExtra(headers: Iterable<[string, string]>): string | undefined {
  const extra = new Map<string, string[]>();
  for (const [name, value] of headers) {
    if (!isExtra(name)) continue;
    // Names that differ in their escapes alone are one key, whose values come together.
    const key = unescapeKey(name.slice(PREFIX.length));
    extra.set(key, [...(extra.get(key) ?? []), ...valuesOf(value)]);
  }
  return extra.size > 0 ? JSON.stringify(Object.fromEntries(extra)) : undefined;
}

export function readExtra(text: string | undefined): Extra | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as Extra);
}

/** As upstream: a key that is no valid escape stands for itself. */
function unescapeKey(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}
