/** Measures the targets in turns, so that a machine that is busy for a while is so for all of them. */
import { medians } from './stats.ts';
import type { Figure, Target } from './target.ts';

/**
 * `measure` runs once for every target in each round; the first round is not counted, because the compilers of all
 * targets and caches are cold. Returns the medians over the rounds, by figure and target.
 */
export async function inTurns<K extends string>(
  targets: readonly Target[],
  rounds: number,
  measure: (target: Target) => Promise<Record<K, number>>,
): Promise<(key: K) => Figure['values']> {
  const samples = targets.map((): Record<K, number>[] => []);
  for (let round = -1; round < rounds; round++) {
    for (const [i, target] of targets.entries()) {
      const sample = await measure(target);
      if (round >= 0) samples[i]?.push(sample);
    }
  }
  const middle = samples.map(medians);
  return (key) => Object.fromEntries(targets.map(({ name }, i) => [name, middle[i]?.[key] ?? Number.NaN]));
}
