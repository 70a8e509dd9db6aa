/**
 * Properties of any cluster, on generated ones, judged by an oracle that knows no plugin. A failure names its seed;
 * `SEED=n` runs that one alone.
 */
import { describe, expect, test } from 'vitest';
import type { Node, Pod } from '../../kube/types.ts';
import type { Change } from '../controllers/runtime/ports.ts';
import type { TestCluster } from './testing/cluster.ts';
import { Generated } from './testing/generate.ts';
import { chance } from './testing/objects.ts';
import { misfit, type World } from './testing/oracle.ts';
import { start } from './testing/scheduler.ts';

const { SEED } = process.env;
const SEEDS = SEED ? [Number(SEED)] : Array.from({ length: 60 }, (_, i) => i + 1);
const STEPS = 14;

/** Of a state of the log. */
class Replayed {
  readonly #nodes = new Map<string, Node>();
  readonly #pods = new Map<string, Pod>();
  #read = 0;

  /** Goes on to the end of the log, and hands each change over with the state before it. */
  goOn(entries: readonly Change[], look: (change: Change, before: Replayed) => void): void {
    for (; this.#read < entries.length; this.#read++) {
      const change = entries[this.#read] as Change;
      look(change, this);
      const kept = (change.key.startsWith('nodes/') ? this.#nodes : this.#pods) as Map<string, unknown>;
      if (!/^(nodes|pods)\//.test(change.key)) continue;
      if (change.change === 'delete') kept.delete(change.key);
      else kept.set(change.key, JSON.parse(change.text));
    }
  }

  pod(key: string): Pod | undefined {
    return this.#pods.get(key);
  }

  /** Without the pods of these keys. */
  world(without: readonly string[] = []): World {
    const pods = [...this.#pods].filter(([key, pod]) => pod.spec?.nodeName && !without.includes(key));
    return { nodes: [...this.#nodes.values()], pods: pods.map(([, pod]) => pod) };
  }
}

const keyOf = ({ metadata }: Pod): string => `pods/${metadata.namespace}/${metadata.name}`;
const node = ({ nodes }: World, name: string | undefined): Node =>
  nodes.find(({ metadata }) => metadata.name === name) as Node;

interface Preemption {
  pod: Pod;
  before: World;
  victims: Pod[];
}

/** A cluster to which things happen, one after another; `check` is called after each step. */
async function run(seed: number, burst: number, check: (pods: Pod[], changes: Change[], state: Replayed) => void) {
  const generated = new Generated(chance(seed * 7919).next);
  const nodes = Array.from({ length: 1 + generated.below(4) }, (_, i) => generated.node(`n${i}`));
  const { cluster, ring } = await start((c) => {
    for (const one of nodes) c.put('nodes', one);
  });
  const state = new Replayed();
  for (let step = 0; step < STEPS; step++) {
    const pods = Array.from({ length: 1 + generated.below(burst) }, (_, i) => generated.pod(`p${step}-${i}`));
    const bound = cluster.all<Pod>('pods/').filter(({ spec }) => spec?.nodeName);
    if (generated.often(25) && bound.length > 0) cluster.remove(keyOf(generated.one(bound)));
    if (generated.often(10)) cluster.put('nodes', generated.node(generated.one(['n0', 'n1', 'n9'])));
    await cluster.settle();
    state.goOn(cluster.entries, () => {});
    const from = cluster.entries.length;
    for (const pod of pods) cluster.put('pods', pod);
    await cluster.settle();
    await ring();
    check(pods, cluster.entries.slice(from), state);
    // Alone, a pod is judged without those that wait beside it.
    const waiting = cluster.all<Pod>('pods/').filter(({ spec }) => burst === 1 && !spec?.nodeName);
    for (const pod of waiting) cluster.remove(keyOf(pod));
    state.goOn(cluster.entries, () => {});
  }
  return cluster;
}

describe.each(SEEDS)('seed %i', (seed) => {
  test('no pod is bound where it does not fit', async () => {
    const state = new Replayed();
    const cluster: TestCluster = await run(seed, 4, () => {});
    state.goOn(cluster.entries, ({ key, text, change }, before) => {
      if (!key.startsWith('pods/') || change === 'delete') return;
      const pod = JSON.parse(text) as Pod;
      if (!pod?.spec?.nodeName || before.pod(key)?.spec?.nodeName) return;
      const world = before.world();
      expect([key, pod.spec.nodeName, misfit(pod, node(world, pod.spec.nodeName), world)]).toEqual([
        key,
        pod.spec.nodeName,
        undefined,
      ]);
    });
  });

  test('a pod that fits somewhere is bound, and preemption evicts as few as it must, for a pod that is bound then', async () => {
    await run(seed, 1, ([pod], changes, before) => {
      if (!pod) return;
      const world = before.world();
      const fits = world.nodes.filter((one) => misfit(pod, one, world) === undefined);
      const end = new Replayed();
      end.goOn(changes, () => {});
      const now = end.pod(keyOf(pod));
      const gone = changes
        .filter(({ key, change }) => change === 'delete' && key.startsWith('pods/'))
        .map(({ key }) => key);
      const about = [seed, pod.metadata.name, gone];
      if (fits.length > 0) {
        expect([...about, fits.map(({ metadata }) => metadata.name).includes(now?.spec?.nodeName)]).toEqual([
          ...about,
          true,
        ]);
        expect([...about, gone]).toEqual([...about, []]);
      }
      if (gone.length > 0)
        expectFewest({ pod, before: world, victims: gone.map((key) => before.pod(key) as Pod) }, now);
    });
  });
});

function expectFewest({ pod, before, victims }: Preemption, now: Pod | undefined): void {
  const names = victims.map(({ metadata }) => metadata.name);
  const [name] = victims.map(({ spec }) => spec?.nodeName);
  const where = node(before, name);
  const left = { ...before, pods: before.pods.filter(({ metadata }) => !names.includes(metadata.name)) };
  expect({
    names,
    on: new Set(victims.map(({ spec }) => spec?.nodeName)).size,
    fits: misfit(pod, where, left),
  }).toEqual({ names, on: 1, fits: undefined });
  expect(now?.spec?.nodeName).toBe(name);
  for (const victim of victims) {
    expect(victim.spec?.priority ?? 0).toBeLessThan(pod.spec?.priority ?? 0);
    const spared = { ...left, pods: [...left.pods, victim] };
    expect({ names, spared: victim.metadata.name, fits: misfit(pod, where, spared) === undefined }).toMatchObject({
      fits: false,
    });
  }
}
