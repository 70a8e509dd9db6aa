/** Pools of devices that a node can reach (`structured/internal/incubating/pools_incubating.go`). */
import { type NodeIdentity, nodeMatches } from './nodes.ts';
import type { CounterSet, Device, Slice } from './types.ts';

export interface Pool {
  driver: string;
  name: string;
  /** Not all of its slices are there: nothing is allocated from it. */
  isIncomplete: boolean;
  isInvalid: boolean;
  /** Slices with devices that the node may reach. */
  slices: readonly Slice[];
  /** Also those of other nodes, whose devices may use up the same counters. */
  everywhere: readonly Slice[];
  counterSets: ReadonlyMap<string, CounterSet>;
}

export function poolName({ driver, name }: Pick<Pool, 'driver' | 'name'>): string {
  return `${driver}/${name}`;
}

/** The slices of all nodes by pool and generation, since every node asks for those of its pools. */
export class SlicesByPool {
  readonly #known = new Map<string, Map<number, Slice[]>>();
  readonly #newest = new Map<string, number>();
  readonly #wellCounted = new WeakMap<readonly Slice[], boolean>();

  constructor(all: readonly Slice[]) {
    for (const slice of all) {
      const { driver, pool } = slice.spec;
      const id = poolName({ driver, name: pool.name });
      const generations = this.#known.get(id) ?? new Map<number, Slice[]>();
      this.#known.set(id, generations);
      this.#newest.set(id, Math.max(this.#newest.get(id) ?? pool.generation, pool.generation));
      const known = generations.get(pool.generation);
      if (known) known.push(slice);
      else generations.set(pool.generation, [slice]);
    }
  }

  hasNewer(pool: Pick<Pool, 'driver' | 'name'>, generation: number): boolean {
    return (this.#newest.get(poolName(pool)) ?? generation) > generation;
  }

  of(pool: Pick<Pool, 'driver' | 'name'>, generation: number): readonly Slice[] {
    return this.#known.get(poolName(pool))?.get(generation) ?? [];
  }

  /** Whether all devices use counters that there are. Those are the same of a pool's slices on all nodes. */
  areWellCounted(slices: readonly Slice[], sets: ReadonlyMap<string, CounterSet>): boolean {
    const known = this.#wellCounted.get(slices);
    const answer = known ?? devicesOf(slices).every((device) => hasCounters(device, sets));
    this.#wellCounted.set(slices, answer);
    return answer;
  }
}

/** Pools by name; those whose devices have to be prepared for a binding come last. */
export function gatherPools(slices: readonly Slice[], all: SlicesByPool, node: NodeIdentity): Pool[] {
  const pools = [...byPool(slices.filter((slice) => isRelevant(slice, node))).values()].flatMap(
    (own) => poolOf(own, all) ?? [],
  );
  const isLate = (pool: Pool) => devicesOf(pool.slices).some(({ bindingConditions }) => bindingConditions);
  const sorted = pools.sort((a, b) => compare(a.driver, b.driver) || compare(a.name, b.name));
  return [...sorted.filter((pool) => !isLate(pool)), ...sorted.filter(isLate)];
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function devicesOf(slices: readonly Slice[]): Device[] {
  return slices.flatMap(({ spec }) => spec.devices ?? []);
}

function isRelevant({ spec }: Slice, node: NodeIdentity): boolean {
  // Counters are needed whatever node they are for.
  if (spec.sharedCounters?.length) return true;
  if (spec.nodeName || spec.allNodes || spec.nodeSelector) return nodeMatches(node, spec);
  return spec.perDeviceNodeSelection === true && (spec.devices ?? []).some((device) => nodeMatches(node, device));
}

/** Of each pool the slices of the latest generation. */
function byPool(slices: readonly Slice[]): Map<string, Slice[]> {
  const pools = new Map<string, Slice[]>();
  for (const slice of slices) {
    const { driver, pool } = slice.spec;
    const id = poolName({ driver, name: pool.name });
    const known = pools.get(id);
    const generation = known?.[0]?.spec.pool.generation ?? -1;
    if (!known || pool.generation > generation) pools.set(id, [slice]);
    else if (pool.generation === generation) known.push(slice);
  }
  return pools;
}

/** undefined where its slices are being replaced by those of a newer generation. */
function poolOf(slices: Slice[], all: SlicesByPool): Pool | undefined {
  const { driver, pool } = (slices[0] as Slice).spec;
  const { name, generation, resourceSliceCount: count } = pool;
  if (slices.length === count) return build({ driver, name }, slices, slices, all);
  if (all.hasNewer({ driver, name }, generation)) return undefined;
  const current = all.of({ driver, name }, generation);
  return current.length === count
    ? build({ driver, name }, slices, current, all)
    : { ...empty(driver, name), isIncomplete: true };
}

function empty(driver: string, name: string): Pool {
  return { driver, name, isIncomplete: false, isInvalid: false, slices: [], everywhere: [], counterSets: new Map() };
}

function build(
  { driver, name }: Pick<Pool, 'driver' | 'name'>,
  relevant: readonly Slice[],
  current: readonly Slice[],
  all: SlicesByPool,
): Pool {
  const invalid = { ...empty(driver, name), isInvalid: true };
  const sorted = [...relevant].sort((a, b) => compare(a.metadata.name ?? '', b.metadata.name ?? ''));
  const slices = sorted.filter(({ spec }) => !spec.sharedCounters?.length);
  const names = devicesOf(slices).map((device) => device.name);
  if (new Set(names).size < names.length) return invalid;
  const sets = sorted.flatMap(({ spec }) => spec.sharedCounters ?? []);
  const counterSets = new Map(sets.map((set) => [set.name, set]));
  if (counterSets.size < sets.length || !all.areWellCounted(current, counterSets)) return invalid;
  return { ...empty(driver, name), slices, everywhere: current, counterSets };
}

function hasCounters({ consumesCounters = [] }: Device, sets: ReadonlyMap<string, CounterSet>): boolean {
  return consumesCounters.every(({ counterSet, counters }) => {
    const set = sets.get(counterSet);
    return set !== undefined && Object.keys(counters).every((name) => Object.hasOwn(set.counters, name));
  });
}
