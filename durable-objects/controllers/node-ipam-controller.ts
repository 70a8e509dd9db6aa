/**
 * node-ipam-controller (upstream `pkg/controller/nodeipam`, RangeAllocator): gives each node that comes without one a
 * /24 of the cluster's pod network. All nodes are one key, so that nodes that join together are served together and
 * never get the same range.
 */
import type { KubeObject } from '../../kube/machinery/object.ts';
import { keyOf } from '../../kube/machinery/resource.ts';
import type { Node } from '../../kube/types.ts';
import { CLUSTER_CIDR, MAX_SIMULATED_INDEX, simulatedIndex, simulatedPodCIDR } from '../../wire/nodes.ts';
import { eventAbout } from './common/controller-ref.ts';
import { defineController, type ObjectChange } from './runtime/controller.ts';
import type { Action, Plan } from './runtime/plan.ts';
import { defineIndex, defineProjection, type Projection } from './runtime/view/projection.ts';
import type { View } from './runtime/view/view.ts';

/** Empty for a node without a range. */
const podRanges = defineProjection<readonly string[]>({
  field: 'podRanges',
  resource: 'nodes',
  compute(object, intern) {
    const { spec } = object as unknown as Node;
    const ranges = new Set([...(spec?.podCIDR ? [spec.podCIDR] : []), ...(spec?.podCIDRs ?? [])]);
    return intern.value([...ranges]);
  },
});

const WITHOUT_RANGE = 'none';
const nodesWithoutRange = defineIndex({
  name: 'nodes without a pod range',
  resource: 'nodes',
  values: (node) => (!node.deleting && podRanges.of(node)?.length === 0 ? [WITHOUT_RANGE] : []),
});

/** Runs of one key never overlap. */
const ALL_NODES = keyOf('nodes', '', '');

export const nodeIpamController = defineController({
  // Upstream's allocator acts as the node controller.
  name: 'node-controller',
  eventSource: 'cidrAllocator',
  for: '*',
  // The node controller's user also finds nodes that are gone (`liveness.ts`).
  projections: [podRanges],
  indexes: [nodesWithoutRange],
  watches: [{ resource: 'nodes', map: (change, view) => (needsLook(change, view) ? [ALL_NODES] : []) }],
  reconcile: (_key, view) => allocate(view),
});

/** A node came without a range, or one went whose range another waits for. */
function needsLook({ before, after }: ObjectChange, view: View): boolean {
  if (!after) return view.indexSize(nodesWithoutRange, WITHOUT_RANGE) > 0;
  const had = before && podRanges.of(before)?.length === 0;
  return !had && !after.deleting && podRanges.of(after)?.length === 0;
}

function allocate(view: View): Plan {
  const waiting = [...view.index(nodesWithoutRange, WITHOUT_RANGE)].sort((a, b) => (a.name < b.name ? -1 : 1));
  if (waiting.length === 0) return { actions: [] };
  const taken = new Set<string>();
  for (const node of view.projections('nodes', '')) {
    for (const range of podRanges.of(node) ?? []) for (const block of blocksOf(range)) taken.add(block);
  }
  const actions = waiting.map((node): Action => {
    const podCIDR = rangeOfSimulated(node.name, taken) ?? freePodCIDR(taken);
    if (podCIDR === undefined) return noneFree(node);
    taken.add(podCIDR);
    const { name, uid, revision } = node;
    const target = { resource: 'nodes', namespace: '', name, uid, resourceVersion: String(revision) };
    return { do: 'patch', target, patch: { spec: { podCIDR, podCIDRs: [podCIDR] } }, type: 'merge' };
  });
  return { actions, parallel: true };
}

/** The first two numbers of all ranges that nodes may be given: simulated ones have theirs behind those of others. */
const [NETWORK = 0, FIRST = 0] = CLUSTER_CIDR.split('.').map(Number);
const LAST = Number(simulatedPodCIDR(MAX_SIMULATED_INDEX).split('.')[1]);

/**
 * The /24s that have part in a range, of those that nodes may be given: a node may have come with a range of any size
 * (`cidrset`, Occupy).
 */
export function* blocksOf(range: string): Iterable<string> {
  const [address = '', length = ''] = range.split('/');
  if (address.includes(':')) return;
  const [first = 0, second = 0, third = 0] = address.split('.').map(Number);
  const bits = Number(length);
  const free = Math.max(0, 8 - bits);
  if (first >> free !== NETWORK >> free) return;
  const span = 2 ** Math.min(16, Math.max(0, 24 - bits));
  const start = Math.floor((second * 256 + third) / span) * span;
  const end = Math.min(start + span, (LAST + 1) * 256);
  for (let block = Math.max(start, FIRST * 256); block < end; block++) {
    yield `${NETWORK}.${block >> 8}.${block & 255}.0/24`;
  }
}

/** Simulated nodes have ranges apart, so that many of them leave those of real nodes alone. */
function rangeOfSimulated(name: string, taken: ReadonlySet<string>): string | undefined {
  const index = simulatedIndex(name);
  const range = index === undefined ? undefined : simulatedPodCIDR(index);
  return range === undefined || taken.has(range) ? undefined : range;
}

/** The lowest range that is free; undefined when none is. */
export function freePodCIDR(taken: ReadonlySet<string>): string | undefined {
  const [first, second] = CLUSTER_CIDR.split('.');
  for (let third = 0; third < 256; third++) {
    const range = `${first}.${second}.${third}.0/24`;
    if (!taken.has(range)) return range;
  }
  return undefined;
}

function noneFree({ name, uid }: Projection): Action {
  const message = `Node ${name} status is now: CIDRNotAvailable`;
  const node: KubeObject = { apiVersion: 'v1', kind: 'Node', metadata: { name, uid } };
  return { do: 'event', event: eventAbout(node, 'Normal', 'CIDRNotAvailable', message) };
}
