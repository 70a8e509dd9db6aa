/** Allocates devices to claims (`structured/internal/incubating`, which the features of 1.36 select). */
import { ByNodeLabel, labelOfNodes } from '../../scheduling/by-node-label.ts';
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
  /** By the node that they name. */
  readonly #ofNodes: ReadonlyMap<string, readonly Slice[]>;
  readonly #others = new ByNodeLabel<Slice>();

  constructor(parts: AllocatorParts) {
    this.#parts = parts;
    this.#available = new AvailableCounters(parts.allocated);
    this.#ofPools = new SlicesByPool(parts.slices);
    this.#ofNodes = Map.groupBy(parts.slices, ({ spec }) => (hasCounters(spec) ? '' : (spec.nodeName ?? '')));
    for (const slice of this.#ofNodes.get('') ?? []) this.#others.add(slice, labelOf(slice));
  }

  /**
   * An allocation for each claim, or why there is none on this node ('' where nothing more can be said). Throws an
   * AllocationError where something is wrong with a claim, on whatever node.
   */
  allocate(claims: readonly Claim[], node: NodeIdentity): Allocation[] | string {
    const { allocated, classOf, uuid } = this.#parts;
    const reachable = [...(this.#ofNodes.get(node.name) ?? []), ...this.#others.from(node.labels)];
    const pools = gatherPools(reachable, this.#ofPools, node);
    const selection = new Selection(node, allocated, this.#answers);
    const parts = { claims, allocated, available: this.#available, selection, uuid, pools, classOf, node: node.name };
    const choice = new Search({ ...parts, effort: this.effort }).run();
    if (!choice) return pools.some(({ isInvalid }) => isInvalid) ? 'invalid resource pools were encountered' : '';
    return claims.map((claim, i) => allocationOf(claim, choice.chosen[i] ?? [], choice.taken[i] ?? [], node.name));
  }
}

/** Such slices are needed whatever node they are for. */
function hasCounters({ sharedCounters }: Slice['spec']): boolean {
  return (sharedCounters?.length ?? 0) > 0;
}

function labelOf({ spec }: Slice) {
  return hasCounters(spec) || spec.allNodes ? undefined : labelOfNodes(spec.nodeSelector?.nodeSelectorTerms ?? []);
}
