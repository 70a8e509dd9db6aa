/** The nearest-rank percentile; NaN for nothing. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((p / 100) * sorted.length) - 1)] ?? Number.NaN;
}

/** The median of each figure over the runs. */
export function medians<K extends string>(runs: readonly Record<K, number>[]): Record<K, number> {
  const names = Object.keys(runs[0] ?? {}) as K[];
  return Object.fromEntries(
    names.map((name) => [
      name,
      percentile(
        runs.map((run) => run[name]),
        50,
      ),
    ]),
  ) as Record<K, number>;
}
