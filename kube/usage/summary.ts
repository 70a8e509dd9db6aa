/**
 * A kubelet's statistics of its node and pods: `/stats/summary` (k8s.io/kubelet `pkg/apis/stats/v1alpha1`), and the
 * same as metrics at `/metrics/resource` (`pkg/kubelet/metrics/collectors/resource_metrics.go`). CPU and memory alone:
 * nothing measures file systems and networks.
 */
import { rfc3339 } from '../machinery/time.ts';
import { formatNumber } from '../metrics/text.ts';
import type { Pod } from '../types.ts';
import type { ContainerUsage, Measured, NodeReport, NodeUsage } from './usage.ts';

interface Stats {
  startTime: string | null;
  cpu: { time: string; usageNanoCores: number; usageCoreNanoSeconds?: number };
  memory: { time: string; workingSetBytes: number };
}

type ContainerStats = Stats & { name: string };

interface PodStats extends Stats {
  podRef: { name: string; namespace: string; uid: string };
  containers: ContainerStats[];
}

export interface Summary {
  node: Stats & { nodeName: string };
  pods: PodStats[];
}

export interface PodUsage {
  pod: Pod;
  containers: readonly ContainerUsage[];
}

export function summaryOf(nodeName: string, node: NodeUsage, pods: readonly PodUsage[], measured: Measured): Summary {
  const time = rfc3339(measured.at);
  return {
    node: { nodeName, ...statsOf(node, time) },
    pods: pods.map(({ pod, containers }) => ({
      podRef: {
        name: pod.metadata.name ?? '',
        namespace: pod.metadata.namespace ?? '',
        uid: pod.metadata.uid ?? '',
      },
      ...statsOf(together(containers, pod), time),
      containers: containers.map((container) => ({ name: container.name, ...statsOf(container, time) })),
    })),
  };
}

/** Of what an agent measured. Pods that it measured nothing of are left out. */
export function reportSummary(nodeName: string, report: NodeReport, pods: readonly Pod[]): Summary {
  const used = pods.flatMap((pod): PodUsage[] => {
    const containers = report.pods.get(pod.metadata.uid ?? '');
    return containers ? [{ pod, containers }] : [];
  });
  return summaryOf(nodeName, report.node, used, report);
}

function statsOf({ cpu, memory, total, startedAt }: NodeUsage, time: string): Stats {
  return {
    startTime: startedAt === undefined ? null : rfc3339(startedAt),
    cpu: {
      time,
      usageNanoCores: Math.round(cpu),
      ...(total === undefined ? {} : { usageCoreNanoSeconds: Math.round(total) }),
    },
    memory: { time, workingSetBytes: Math.round(memory) },
  };
}

function together(containers: readonly ContainerUsage[], { status }: Pod): NodeUsage {
  const sum: NodeUsage = { cpu: 0, memory: 0, total: 0 };
  for (const { cpu, memory, total } of containers) {
    sum.cpu += cpu;
    sum.memory += memory;
    sum.total = total === undefined || sum.total === undefined ? undefined : sum.total + total;
  }
  return status?.startTime === undefined ? sum : { ...sum, startedAt: Date.parse(status.startTime) };
}

type Labels = Record<string, string>;
type Read = (stats: Stats) => number | undefined;

const CPU: Read = ({ cpu }) => cpu.usageCoreNanoSeconds && cpu.usageCoreNanoSeconds / 1e9;
const MEMORY: Read = ({ memory }) => memory.workingSetBytes;
const STARTED: Read = ({ startTime }) => (startTime === null ? undefined : Date.parse(startTime) / 1000);
const CPU_HELP = (of: string): string => `Cumulative cpu time consumed by the ${of} in core-seconds`;
const MEMORY_HELP = (of: string): string => `Current working set of the ${of} in bytes`;

type Of = 'container' | 'node' | 'pod';

const FAMILIES: [name: string, of: Of, type: 'counter' | 'gauge', help: string, read: Read][] = [
  ['container_cpu_usage_seconds_total', 'container', 'counter', CPU_HELP('container'), CPU],
  ['container_memory_working_set_bytes', 'container', 'gauge', MEMORY_HELP('container'), MEMORY],
  [
    'container_start_time_seconds',
    'container',
    'gauge',
    'Start time of the container since unix epoch in seconds',
    STARTED,
  ],
  ['node_cpu_usage_seconds_total', 'node', 'counter', CPU_HELP('node'), CPU],
  ['node_memory_working_set_bytes', 'node', 'gauge', MEMORY_HELP('node'), MEMORY],
  ['pod_cpu_usage_seconds_total', 'pod', 'counter', CPU_HELP('pod'), CPU],
  ['pod_memory_working_set_bytes', 'pod', 'gauge', MEMORY_HELP('pod'), MEMORY],
];

const ERROR_HELP = '1 if there was an error while getting container metrics, 0 otherwise';

/** The page `/metrics/resource` in Prometheus' text format. */
export function resourceMetrics({ node, pods }: Summary): string {
  const of: Record<Of, [Labels, Stats][]> = {
    node: [[{}, node]],
    pod: pods.map((pod) => [labelsOf(pod), pod]),
    container: pods.flatMap((pod) =>
      pod.containers.map((one): [Labels, Stats] => [{ container: one.name, ...labelsOf(pod) }, one]),
    ),
  };
  let text = '';
  for (const [name, what, type, help, read] of FAMILIES) {
    const lines = of[what].flatMap(([labels, stats]) => {
      const value = read(stats);
      if (value === undefined) return [];
      const at = read === STARTED ? '' : ` ${Date.parse(stats.cpu.time)}`;
      return [`${name}${printLabels(labels)} ${formatNumber(value)}${at}\n`];
    });
    if (lines.length > 0) text += `${head(name, type, help)}${lines.sort().join('')}`;
  }
  return `${text}${head('resource_scrape_error', 'gauge', ERROR_HELP)}resource_scrape_error 0\n`;
}

const head = (name: string, type: string, help: string): string =>
  `# HELP ${name} [STABLE] ${help}\n# TYPE ${name} ${type}\n`;

function labelsOf({ podRef: { name, namespace } }: PodStats): Labels {
  return { namespace, pod: name };
}

/** Labels in Prometheus' text format; names of containers, namespaces and pods need no escaping. */
function printLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}
