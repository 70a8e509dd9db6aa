import { portsClash } from '../../../kube/scheduling/host-ports.ts';
import type { Plugin } from '../framework/interface.ts';
import { unschedulable } from '../framework/rejection.ts';

/** hostPorts: one pod per port, protocol and address of a node. */
export const NodePorts: Plugin = {
  name: 'NodePorts',
  wakesOn: ['node-added', 'pod-removed'],
  hint: ({ info }, { pod }) => !pod?.before || portsClash(info.ports, pod.before.ports),
  sign: (_, { ports }) => ports,
  preFilter: ({ info }) => (info.ports.length > 0 ? undefined : 'skip'),
  filter({ info }, node) {
    if (node.withPorts === 0) return undefined;
    for (const other of node.pods.values()) {
      if (portsClash(info.ports, other.ports)) {
        return unschedulable("node(s) didn't have free ports for the requested pod ports");
      }
    }
    return undefined;
  },
};
