import { type Plugin, unschedulable } from '../framework.ts';
import type { HostPort } from '../projections.ts';

function clash(a: HostPort, b: HostPort): boolean {
  return a.port === b.port && a.protocol === b.protocol && (a.ip === '' || b.ip === '' || a.ip === b.ip);
}

/** hostPorts: one pod per port, protocol and address of a node. */
export const NodePorts: Plugin = {
  name: 'NodePorts',
  wakesOn: ['node-added', 'pod-removed', 'pod-updated'],
  preFilter: ({ info }) => (info.ports.length > 0 ? undefined : 'skip'),
  filter({ info }, node) {
    if (node.withPorts === 0) return undefined;
    for (const other of node.pods.values()) {
      for (const taken of other.ports) {
        if (info.ports.some((wanted) => clash(wanted, taken))) {
          return unschedulable("node(s) didn't have free ports for the requested pod ports");
        }
      }
    }
    return undefined;
  },
};
