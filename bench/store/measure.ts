/** Median of several runs, each long enough to mean something. */
export interface Measured {
  /** Operations a second. */
  rate: number;
}

const RUNS = 5;
const RUN_MS = 200;

/** `operations` a call of `body`. */
export async function measure(operations: number, body: () => unknown): Promise<Measured> {
  const rates: number[] = [];
  for (let run = -1; run < RUNS; run++) {
    let calls = 0;
    const start = performance.now();
    let elapsed = 0;
    do {
      const result = body();
      if (result instanceof Promise) await result;
      calls++;
      elapsed = performance.now() - start;
    } while (elapsed < RUN_MS);
    // The first one warms up.
    if (run >= 0) rates.push((calls * operations * 1000) / elapsed);
  }
  rates.sort((a, b) => a - b);
  return { rate: rates[Math.floor(RUNS / 2)]! };
}
