/**
 * Gives each node a /24 of the cluster's pod network (upstream: `pkg/controller/nodeipam`, RangeAllocator). Written as a
 * controller, so that two nodes that join together are served one after the other and never get the same range.
 */
import { parseKey } from '../../kube/machinery/resource.ts';
import type { Node } from '../../kube/types.ts';
import type { Controller } from '../controllers/runtime/controller.ts';

/** 10.244.0.0/16 in /24s, lowest free first. Undefined when all 256 are taken. */
export function freePodCIDR(taken: ReadonlySet<string>): string | undefined {
  for (let third = 0; third < 256; third++) {
    const range = `10.244.${third}.0/24`;
    if (!taken.has(range)) return range;
  }
  return undefined;
}

export function takenPodCIDRs(nodes: Iterable<Node>): Set<string> {
  const taken = new Set<string>();
  for (const node of nodes) {
    if (node.spec?.podCIDR) taken.add(node.spec.podCIDR);
    for (const range of node.spec?.podCIDRs ?? []) taken.add(range);
  }
  return taken;
}

export const nodeIpam: Controller = {
  name: 'node-controller',
  for: 'nodes',
  reconcile(key, view) {
    const { name } = parseKey(key);
    const node = view.get<Node>('nodes', '', name);
    if (!node || node.metadata.deletionTimestamp || node.spec?.podCIDR) return { actions: [] };
    const target = {
      resource: 'nodes',
      namespace: '',
      name,
      uid: node.metadata.uid,
      resourceVersion: node.metadata.resourceVersion,
    };
    const podCIDR = freePodCIDR(takenPodCIDRs(view.list<Node>('nodes')));
    if (!podCIDR) {
      const regarding = { apiVersion: 'v1', kind: 'Node', namespace: '', name, uid: name };
      const message = `Node ${name} status is now: CIDRNotAvailable`;
      return {
        actions: [{ do: 'event', event: { type: 'Normal', reason: 'CIDRNotAvailable', message, regarding } }],
        requeueAfter: 60_000,
      };
    }
    return { actions: [{ do: 'patch', target, patch: { spec: { podCIDR, podCIDRs: [podCIDR] } }, type: 'merge' }] };
  },
};
