/** Allocates devices to claims (`structured/internal/incubating`, which the features of 1.36 select). */
import type { AllocatedDevices } from '../allocated.ts';
import type { NodeIdentity } from '../nodes.ts';
import { gatherPools, SlicesByPool } from '../pools.ts';
import type { Allocation, Claim, Class, Slice } from '../types.ts';
import { AvailableCounters } from './counters.ts';
import { Effort } from './effort.ts';
import { allocationOf } from './results.ts';
import { Search } from './search.ts';
import { Selection, SelectorAnswers } from './selection.ts';

export interface AllocatorParts {
  slices: readonly Slice[];
  allocated: AllocatedDevices;
  classOf(name: string): Class | undefined;
  /** Names the shares of devices. */
  uuid(): string;
}

/** For one pod: nothing that it knows may change meanwhile. */
export class Allocator {
  readonly effort = new Effort();
  readonly #parts: AllocatorParts;
  readonly #answers = new SelectorAnswers();
  readonly #available: AvailableCounters;
  readonly #ofPools: SlicesByPool;
  readonly #ofNodes: ReadonlyMap<string, readonly Slice[]>;

  constructor(parts: AllocatorParts) {
    this.#parts = parts;
    this.#available = new AvailableCounters(parts.allocated);
    this.#ofPools = new SlicesByPool(parts.slices);
    this.#ofNodes = Map.groupBy(parts.slices, ({ spec }) => (spec.sharedCounters?.length ? '' : (spec.nodeName ?? '')));
  }

  /**
   * An allocation for each claim, or why there is none on this node ('' where nothing more can be said). Throws an
   * AllocationError where something is wrong with a claim, on whatever node.
   */
  allocate(claims: readonly Claim[], node: NodeIdentity): Allocation[] | string {
    const { allocated, classOf, uuid } = this.#parts;
    const reachable = [...(this.#ofNodes.get(node.name) ?? []), ...(this.#ofNodes.get('') ?? [])];
    const pools = gatherPools(reachable, this.#ofPools, node);
    const selection = new Selection(node, allocated, this.#answers);
    const parts = { claims, allocated, available: this.#available, selection, uuid, pools, classOf, node: node.name };
    const choice = new Search({ ...parts, effort: this.effort }).run();
    if (!choice) return pools.some(({ isInvalid }) => isInvalid) ? 'invalid resource pools were encountered' : '';
    return claims.map((claim, i) => allocationOf(claim, choice.chosen[i] ?? [], choice.taken[i] ?? [], node.name));
  }
}
