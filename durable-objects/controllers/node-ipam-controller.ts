/**
 * node-ipam-controller (upstream `pkg/controller/nodeipam`, RangeAllocator): gives each node a /24 of the cluster's pod
 * network. All nodes are one key, so that nodes that join together are served together and never get the same range.
 */
import { keyOf } from '../../kube/machinery/resource.ts';
import type { Node } from '../../kube/types.ts';
import { CLUSTER_CIDR } from '../../wire/network.ts';
import { defineController } from './runtime/controller.ts';
import type { Action } from './runtime/plan.ts';
import { READ, rule } from './runtime/rules.ts';

/** The cluster's range (`wire/network.ts`) in /24s, lowest free first. Undefined when all 256 are taken. */
export function freePodCIDR(taken: ReadonlySet<string>): string | undefined {
  for (let third = 0; third < 256; third++) {
    const range = CLUSTER_CIDR.replace('.0.0/16', `.${third}.0/24`);
    if (!taken.has(range)) return range;
  }
  return undefined;
}

function takenPodCIDRs(nodes: Iterable<Node>): Set<string> {
  const taken = new Set<string>();
  for (const node of nodes) {
    if (node.spec?.podCIDR) taken.add(node.spec.podCIDR);
    for (const range of node.spec?.podCIDRs ?? []) taken.add(range);
  }
  return taken;
}

/** Runs of one key never overlap. */
const ALL_NODES = keyOf('nodes', '', '');

export const nodeIpamController = defineController({
  // Upstream's allocator acts as the node controller.
  name: 'node-controller',
  eventSource: 'cidrAllocator',
  for: '*',
  // The node controller's user also finds nodes that are gone (`liveness.ts`).
  rules: [rule([...READ, 'update', 'patch'], [''], 'nodes'), rule(['update', 'patch'], [''], 'nodes/status')],
  watches: [{ resource: 'nodes', map: ({ object }) => (needsRange(object as unknown as Node) ? [ALL_NODES] : []) }],
  reconcile(_key, view) {
    const nodes = view.list<Node>('nodes');
    const taken = takenPodCIDRs(nodes);
    const actions: Action[] = [];
    for (const node of nodes.filter(needsRange)) {
      const { name = '', uid, resourceVersion } = node.metadata;
      const podCIDR = freePodCIDR(taken);
      if (!podCIDR) {
        const message = `Node ${name} status is now: CIDRNotAvailable`;
        const regarding = { apiVersion: 'v1', kind: 'Node', namespace: '', name, uid: name };
        const event = { type: 'Normal', reason: 'CIDRNotAvailable', message, regarding } as const;
        return { actions: [...actions, { do: 'event', event }], requeueAfter: 60_000 };
      }
      taken.add(podCIDR);
      const target = { resource: 'nodes', namespace: '', name, uid, resourceVersion };
      actions.push({ do: 'patch', target, patch: { spec: { podCIDR, podCIDRs: [podCIDR] } }, type: 'merge' });
    }
    return { actions };
  },
});

function needsRange(node: Node): boolean {
  return !node.spec?.podCIDR && !node.metadata.deletionTimestamp;
}
