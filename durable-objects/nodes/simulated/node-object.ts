/** The Node object of a simulated node (the size is kwokctl's default). */
import { rfc3339 } from '../../../kube/machinery/time.ts';
import type { Node, NodeCondition } from '../../../kube/types.ts';
import { SIMULATED } from '../../../wire/nodes.ts';

/** A quick look, before any parsing, for nodes that have the label. */
export const SIMULATED_TEXT = `"${SIMULATED}":"true"`;
const VERSION = 'v1.36.3+islet';
const CAPACITY = { cpu: '32', memory: '256Gi', pods: '110', 'ephemeral-storage': '1Ti' };

export function simulatedName(index: number): string {
  return `sim-${index}`;
}

/** The number in `sim-7`; undefined for other names. */
export function simulatedIndex(name: string): number | undefined {
  const match = /^sim-(0|[1-9]\d*)$/.exec(name);
  return match ? Number(match[1]) : undefined;
}

/** 10.64.0.0/16, in order. */
export function hostAddress(index: number): string {
  return `10.64.${(index + 1) >> 8}.${(index + 1) & 255}`;
}

/** /24s from 10.245.0.0 on, behind the range that real nodes have: no two nodes ask for the same one. */
export function simulatedPodCIDR(index: number): string {
  return `10.${245 + (index >> 8)}.${index & 255}.0/24`;
}

export interface NodeInput {
  index: number;
  /** Undefined: the node-ipam-controller gives the node one. */
  podCIDR: string | undefined;
  /** A real node has joined. */
  tainted: boolean;
  now: number;
  uuid(): string;
}

export function simulatedNode({ index, podCIDR, tainted, now, uuid }: NodeInput): Node {
  const name = simulatedName(index);
  const labels = {
    'beta.kubernetes.io/arch': 'amd64',
    'beta.kubernetes.io/os': 'linux',
    [SIMULATED]: 'true',
    'kubernetes.io/arch': 'amd64',
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
  };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels },
    spec: { ...(podCIDR && { podCIDR, podCIDRs: [podCIDR] }), ...(tainted && { taints: [{ ...TAINT }] }) },
    status: {
      addresses: [
        { type: 'InternalIP', address: hostAddress(index) },
        { type: 'Hostname', address: name },
      ],
      allocatable: CAPACITY,
      capacity: CAPACITY,
      conditions: conditions(now),
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      // Processes that are none have no groups that an image could add to.
      features: { supplementalGroupsPolicy: true },
      nodeInfo: {
        architecture: 'amd64',
        bootID: uuid(),
        containerRuntimeVersion: 'islet-simulated://0.1.0',
        kernelVersion: 'none',
        kubeProxyVersion: '',
        kubeletVersion: VERSION,
        machineID: uuid().replaceAll('-', ''),
        operatingSystem: 'linux',
        osImage: 'Islet simulated node',
        systemUUID: uuid(),
      },
    },
  } as Node;
}

export const TAINT = { key: SIMULATED, effect: 'NoSchedule' };

/** Kubelet's conditions of a healthy node (`nodestatus/setters.go`). */
function conditions(now: number): NodeCondition[] {
  const time = rfc3339(now);
  const condition = (type: string, status: string, reason: string, message: string): NodeCondition => ({
    type,
    status,
    lastHeartbeatTime: time,
    lastTransitionTime: time,
    reason,
    message,
  });
  return [
    condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
    condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
    condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
    condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
  ];
}
