/** Small values that several controllers need. */

/** Milliseconds since the epoch; 0 for no time. */
export function timeOf(text: string | null | undefined): number {
  return text ? Date.parse(text) || 0 : 0;
}

/** `intstr.GetScaledValueFromIntOrPercent`: `25%` of `total`, rounded up or down. What can't be read is 0. */
export function scaledValue(value: unknown, total: number, up: boolean): number {
  if (typeof value === 'number') return value;
  const percent = typeof value === 'string' ? /^(\d+)%$/.exec(value) : null;
  if (!percent) return Number.parseInt(String(value ?? 0), 10) || 0;
  const share = (Number(percent[1]) * total) / 100;
  return up ? Math.ceil(share) : Math.floor(share);
}

/**
 * One text for values that mean the same (upstream's `equality.Semantic`): keys in order, and nothing, null, empty
 * lists and empty objects alike.
 */
export function canonical(value: unknown): string {
  return JSON.stringify(reduce(value)) ?? 'null';
}

function reduce(value: unknown): unknown {
  if (Array.isArray(value)) return value.length > 0 ? value.map((item) => reduce(item) ?? null) : undefined;
  if (typeof value !== 'object' || value === null) return value ?? undefined;
  const result: Record<string, unknown> = {};
  let some = false;
  for (const name of Object.keys(value).sort()) {
    const item = reduce((value as Record<string, unknown>)[name]);
    if (item === undefined) continue;
    result[name] = item;
    some = true;
  }
  return some ? result : undefined;
}

export function same(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

/** Statuses that mean the same: a count of 0 may be printed or left out. */
export function sameStatus(a: object | undefined, b: object | undefined): boolean {
  return canonical(withoutZeros(a)) === canonical(withoutZeros(b));
}

function withoutZeros(status: object | undefined): object {
  return Object.fromEntries(Object.entries(status ?? {}).filter(([, value]) => value !== 0));
}
