/** The use of CPU and memory by nodes and containers, and the Metrics API's objects that tell of it. */
import type { NodeMetrics, PodMetrics, UsageList } from '../kinds/metrics/types.ts';
import { formatQuantity } from '../machinery/quantity.ts';
import { goDuration, rfc3339 } from '../machinery/time.ts';
import type { Node, Pod } from '../types.ts';

export interface Usage {
  /** Billionths of a CPU, on average over the time that was measured. */
  cpu: number;
  /** Bytes that the kernel cannot take back. */
  memory: number;
}

/** The usage of a node or a container. */
export interface NodeUsage extends Usage {
  /** Nanoseconds of CPU since its start. */
  total?: number;
  /** Milliseconds since the epoch. */
  startedAt?: number;
}

export interface ContainerUsage extends NodeUsage {
  name: string;
}

/** The time that was measured. */
export interface Measured {
  /** Its end, in milliseconds since the epoch. */
  at: number;
  /** Its length, in milliseconds. */
  window: number;
}

/** The measurement of one node. */
export interface NodeReport extends Measured {
  node: NodeUsage;
  /** By the uids of pods. */
  pods: ReadonlyMap<string, readonly ContainerUsage[]>;
}

const NANO = 1_000_000_000n;
const API_VERSION = 'metrics.k8s.io/v1beta1';

export function usageList({ cpu, memory }: Usage): UsageList {
  return {
    cpu: formatQuantity({ nano: whole(cpu), format: 'DecimalSI' }),
    memory: formatQuantity({ nano: whole(memory) * NANO, format: 'BinarySI' }),
  };
}

function whole(value: number): bigint {
  return BigInt(Math.min(Math.max(0, Math.round(value)), Number.MAX_SAFE_INTEGER));
}

export function totalOf(usages: Iterable<Usage>): Usage {
  const total = { cpu: 0, memory: 0 };
  for (const { cpu, memory } of usages) {
    total.cpu += cpu;
    total.memory += memory;
  }
  return total;
}

export function podMetricsOf(pod: Pod, containers: readonly ContainerUsage[], measured: Measured): PodMetrics {
  const { name, namespace, labels } = pod.metadata;
  return {
    kind: 'PodMetrics',
    apiVersion: API_VERSION,
    metadata: { name, namespace, creationTimestamp: rfc3339(measured.at), ...(labels && { labels }) },
    ...timesOf(measured),
    containers: containers.map((container) => ({ name: container.name, usage: usageList(container) })),
  };
}

export function nodeMetricsOf({ metadata: { name, labels } }: Node, usage: Usage, measured: Measured): NodeMetrics {
  return {
    kind: 'NodeMetrics',
    apiVersion: API_VERSION,
    metadata: { name, creationTimestamp: rfc3339(measured.at), ...(labels && { labels }) },
    ...timesOf(measured),
    usage: usageList(usage),
  };
}

function timesOf({ at, window }: Measured): { timestamp: string; window: string } {
  return { timestamp: rfc3339(at), window: goDuration(window) };
}
