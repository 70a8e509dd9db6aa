/** The Node object of a simulated node (the size is kwokctl's default). */
import type { Node } from '../../../kube/types.ts';
import { SIMULATED, simulatedName } from '../../../wire/nodes.ts';
import { wantedStatus } from './node-status.ts';

export interface NodeInput {
  index: number;
  /** Undefined: the node-ipam-controller gives the node one. */
  podCIDR: string | undefined;
  /** A real node has joined. */
  tainted: boolean;
  now: number;
  uuid(): string;
}

export const TAINT = { key: SIMULATED, effect: 'NoSchedule' };

/** As a kubelet does by default, it leaves it to the controller to attach volumes. */
const ANNOTATIONS = { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' };

export function simulatedNode({ index, podCIDR, tainted, now, uuid }: NodeInput): Node {
  const name = simulatedName(index);
  const node: Node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { ...defaultLabels(name), [SIMULATED]: 'true' }, annotations: ANNOTATIONS },
    spec: { ...(podCIDR && { podCIDR, podCIDRs: [podCIDR] }), ...(tainted && { taints: [{ ...TAINT }] }) },
  };
  return { ...node, status: wantedStatus(node, index, { now, uuid }) };
}

/** The labels that a kubelet gives its node. */
function defaultLabels(name: string): Record<string, string> {
  return {
    'beta.kubernetes.io/arch': 'amd64',
    'beta.kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
  };
}

/** The labels that a kubelet gives its node and this one does not have. */
export function missingLabels({ metadata: { name = '', labels = {} } }: Node): Record<string, string> | undefined {
  const missing = Object.entries(defaultLabels(name)).filter(([label]) => labels[label] === undefined);
  return missing.length > 0 ? Object.fromEntries(missing) : undefined;
}
