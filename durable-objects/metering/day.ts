export const MINUTE = 60_000;

/** In UTC: `2026-11-28`. */
export function dayOf(now: number): string {
  return new Date(now).toISOString().slice(0, 10);
}
