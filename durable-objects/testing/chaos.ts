/** A cluster in which anything happens, the same for the same seed. */
import { TestCluster } from './cluster.ts';

export type Chance = () => number;
export type Actions = (cluster: TestCluster, next: Chance) => (() => Promise<unknown>)[];

/** The cluster after `count` of the actions, with up to twenty steps of its own after each. */
export async function afterChaos(seed: number, actions: Actions, count: number): Promise<TestCluster> {
  const cluster = await TestCluster.start({ seed });
  let state = seed * 7919;
  const next: Chance = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  const all = actions(cluster, next);
  for (let done = 0; done < count; done++) {
    await all[Math.floor(next() * all.length)]?.();
    for (let step = Math.floor(next() * 20); step > 0; step--) await cluster.step();
  }
  return cluster;
}
