/** A cluster in which anything happens, the same for the same seed. */
import { TestCluster, type TestClusterOptions } from './cluster.ts';

export type Chance = () => number;
export type Actions = (cluster: TestCluster, next: Chance) => (() => Promise<unknown>)[];

/** Writes that the object lives on, at most, once its death is set. */
const LAST_WRITES = 8;
/** Milliseconds after which keys that came too often, or were refused a moment ago, have been looked at. */
export const HELD = 1000;

export function chance(seed: number): Chance {
  let state = seed * 7919;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** The seeds of a test: those that are named, or `SEEDS=1-200` of the environment. */
export function seeds(...usual: number[]): number[] {
  const [first, last = first] = (process.env.SEEDS ?? '').split('-').map(Number);
  if (!first || !last) return usual;
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

/** The cluster after `count` of the actions, with up to twenty steps of its own after each. */
export async function afterChaos(seed: number, actions: Actions, count: number): Promise<TestCluster> {
  const cluster = await TestCluster.start({ seed });
  const next = chance(seed);
  const all = actions(cluster, next);
  for (let done = 0; done < count; done++) {
    await all[Math.floor(next() * all.length)]?.();
    for (let step = Math.floor(next() * 20); step > 0; step--) await cluster.step();
  }
  return cluster;
}

export interface Course {
  cluster: TestCluster;
  /** Revisions at which nothing was left to do, in order. */
  quiet: number[];
}

/**
 * A cluster that is led through `count` actions, each while it may still be at work on the last, and whose object dies
 * after any of its writes.
 */
export async function led(
  seed: number,
  actions: Actions,
  count: number,
  options: TestClusterOptions = {},
): Promise<Course> {
  const cluster = await TestCluster.start({ seed, ...options });
  const quiet = [cluster.revision];
  const next = chance(seed);
  const below = (limit: number): number => Math.floor(next() * limit);
  const all = actions(cluster, next);
  for (let done = 0; done < count; done++) {
    await all[below(all.length)]?.();
    if (next() < 0.4) cluster.diesAt = cluster.revision + 1 + below(LAST_WRITES);
    if (next() < 0.5) for (let step = below(30); step > 0; step--) await cluster.step();
    else {
      await cluster.advance(next() < 0.3 ? HELD + below(20_000) : HELD);
      quiet.push(cluster.revision);
    }
  }
  cluster.diesAt = undefined;
  return { cluster, quiet };
}
