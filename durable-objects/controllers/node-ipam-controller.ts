/**
 * node-ipam-controller (upstream `pkg/controller/nodeipam`, RangeAllocator): gives each node a /24 of the cluster's pod
 * network, a simulated one too. All nodes are one key, so that nodes that join together are served together and never
 * get the same range.
 */
import type { KubeObject } from '../../kube/machinery/object.ts';
import { keyOf } from '../../kube/machinery/resource.ts';
import type { Node } from '../../kube/types.ts';
import { CLUSTER_CIDR } from '../../wire/network.ts';
import { eventAbout } from './common/controller-ref.ts';
import { defineController, type ObjectChange } from './runtime/controller.ts';
import type { Action, Plan } from './runtime/plan.ts';
import { defineIndex, defineProjection, type Projection } from './runtime/projection.ts';
import { READ, rule } from './runtime/rules.ts';
import type { View } from './runtime/view.ts';

interface RangeFacts {
  /** Empty for a node without a range. */
  ranges: readonly string[];
  simulated: boolean;
}

const rangeFacts = defineProjection<RangeFacts>({
  field: 'podRanges',
  resource: 'nodes',
  compute(object, intern) {
    const { metadata, spec } = object as unknown as Node;
    const ranges = new Set([...(spec?.podCIDR ? [spec.podCIDR] : []), ...(spec?.podCIDRs ?? [])]);
    return intern.value({ ranges: [...ranges], simulated: metadata.labels?.['islet.dev/simulated'] !== undefined });
  },
});

const WITHOUT_RANGE = 'none';
const nodesWithoutRange = defineIndex({
  name: 'nodes without a pod range',
  resource: 'nodes',
  values: (node) => (!node.deleting && rangeFacts.of(node)?.ranges.length === 0 ? [WITHOUT_RANGE] : []),
});

/** Runs of one key never overlap. */
const ALL_NODES = keyOf('nodes', '', '');

export const nodeIpamController = defineController({
  // Upstream's allocator acts as the node controller.
  name: 'node-controller',
  eventSource: 'cidrAllocator',
  for: '*',
  // The node controller's user also finds nodes that are gone (`liveness.ts`).
  rules: [rule([...READ, 'update', 'patch'], [''], 'nodes'), rule(['update', 'patch'], [''], 'nodes/status')],
  projections: [rangeFacts],
  indexes: [nodesWithoutRange],
  watches: [{ resource: 'nodes', map: (change, view) => (needsLook(change, view) ? [ALL_NODES] : []) }],
  reconcile: (_key, view) => allocate(view),
});

/** A node came without a range, or one went whose range another waits for. */
function needsLook({ before, after }: ObjectChange, view: View): boolean {
  if (!after) return view.indexSize(nodesWithoutRange, WITHOUT_RANGE) > 0;
  const had = before && rangeFacts.of(before)?.ranges.length === 0;
  return !had && !after.deleting && rangeFacts.of(after)?.ranges.length === 0;
}

function allocate(view: View): Plan {
  const waiting = [...view.index(nodesWithoutRange, WITHOUT_RANGE)].sort((a, b) => (a.name < b.name ? -1 : 1));
  if (waiting.length === 0) return { actions: [] };
  const taken = new Set<string>();
  for (const node of view.projections('nodes', ''))
    for (const range of rangeFacts.of(node)?.ranges ?? []) taken.add(range);
  const actions = waiting.map((node): Action => {
    const podCIDR = freePodCIDR(taken, rangeFacts.of(node)?.simulated ?? false);
    if (podCIDR === undefined) return noneFree(node);
    taken.add(podCIDR);
    const { name, uid, revision } = node;
    const target = { resource: 'nodes', namespace: '', name, uid, resourceVersion: String(revision) };
    return { do: 'patch', target, patch: { spec: { podCIDR, podCIDRs: [podCIDR] } }, type: 'merge' };
  });
  return { actions, parallel: true };
}

/** Simulated nodes leave so many /24s of the cluster's 256 to real ones, and go on behind the cluster's range. */
const OF_REAL_NODES = 128;

/** The lowest that is free; undefined when none is. */
export function freePodCIDR(taken: ReadonlySet<string>, simulated = false): string | undefined {
  const [first = 0, second = 0] = CLUSTER_CIDR.split('.').map(Number);
  for (let at = 0; simulated || at < 256; at++) {
    const beyond = simulated && at >= 256 - OF_REAL_NODES ? at + OF_REAL_NODES : at;
    const range = `${first}.${second + (beyond >> 8)}.${beyond & 255}.0/24`;
    if (!taken.has(range)) return range;
  }
  return undefined;
}

function noneFree({ name, uid }: Projection): Action {
  const message = `Node ${name} status is now: CIDRNotAvailable`;
  const node: KubeObject = { apiVersion: 'v1', kind: 'Node', metadata: { name, uid } };
  return { do: 'event', event: eventAbout(node, 'Normal', 'CIDRNotAvailable', message) };
}
