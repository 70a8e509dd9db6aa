/** The first difference between two values, as a path and what stands there. */
export interface Difference {
  path: string;
  peer: unknown;
  islet: unknown;
}

export function firstDifference(peer: unknown, islet: unknown, path = ''): Difference | undefined {
  if (Object.is(peer, islet)) return undefined;
  // Go prints null for a list that is not set; here it is left out, or empty. Clients read them alike.
  if (peer === null && (islet === undefined || (Array.isArray(islet) && islet.length === 0))) return undefined;
  if (Array.isArray(peer) && Array.isArray(islet)) {
    for (let i = 0; i < Math.max(peer.length, islet.length); i++) {
      const found = firstDifference(peer[i], islet[i], `${path}[${i}]`);
      if (found) return found;
    }
    return undefined;
  }
  if (isObject(peer) && isObject(islet)) {
    for (const key of new Set([...Object.keys(peer), ...Object.keys(islet)])) {
      const [before, after] = [peer, islet].map((each) => (Object.hasOwn(each, key) ? each[key] : undefined));
      const found = firstDifference(before, after, `${path}.${key}`);
      if (found) return found;
    }
    return undefined;
  }
  return { path, peer, islet };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Differences of one sort have one signature: names in quotes and numbers within a text are left out. */
export function signatureOf(what: string, { path, peer, islet }: Difference): string {
  return [what, path.replace(/\[\d+\]/g, '[]'), shape(peer), shape(islet)].join(' | ');
}

function shape(value: unknown): string {
  if (typeof value !== 'string') return (JSON.stringify(value) ?? 'undefined').slice(0, 80);
  return value
    .replace(/"[^"]*"/g, '"…"')
    .replace(/\d+/g, 'n')
    .slice(0, 160);
}
