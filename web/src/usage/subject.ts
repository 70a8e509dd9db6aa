/** Nodes and pods whose use is shown, and what metrics.k8s.io answers about them. */
import { milliOf, unitsOf } from '../../../kube/machinery/quantity.ts';
import type { Sample } from './samples.ts';

export type Subject =
  | { of: 'nodes' }
  | { of: 'node'; name: string }
  | { of: 'pod'; namespace: string; name: string }
  /** The pods that a workload selects. `selector`: as text. */
  | { of: 'pods'; namespace: string; selector: string };

const METRICS = '/apis/metrics.k8s.io/v1beta1';

export function pathOf(subject: Subject): string {
  switch (subject.of) {
    case 'nodes':
      return `${METRICS}/nodes`;
    case 'node':
      return `${METRICS}/nodes/${encodeURIComponent(subject.name)}`;
    case 'pod':
      return `${METRICS}/namespaces/${subject.namespace}/pods/${encodeURIComponent(subject.name)}`;
    case 'pods':
      return `${METRICS}/namespaces/${subject.namespace}/pods?${new URLSearchParams({ labelSelector: subject.selector })}`;
  }
}

/** The kubectl line that prints the same. */
export function lineFor(subject: Subject): string {
  switch (subject.of) {
    case 'nodes':
      return 'kubectl top nodes';
    case 'node':
      return `kubectl top node ${subject.name}`;
    case 'pod':
      return `kubectl top pod ${subject.name} -n ${subject.namespace}`;
    case 'pods':
      return `kubectl top pods -n ${subject.namespace} -l '${subject.selector}'`;
  }
}

type Texts = Readonly<Record<string, string>>;

interface Metrics {
  timestamp?: string;
  usage?: Texts;
  containers?: readonly { usage?: Texts }[];
}

/** A list, or one object. */
export type Answer = Metrics & { items?: readonly Metrics[] };

/** The sum of the use of all parts; undefined where none of them is measured. */
export function totalOf(answer: Answer, at: number): Sample | undefined {
  const usages = (answer.items ?? [answer]).flatMap(({ usage, containers }) =>
    usage ? [usage] : (containers ?? []).map((container) => container.usage ?? {}),
  );
  if (usages.length === 0) return undefined;
  return {
    at,
    cpu: usages.reduce((sum, { cpu = '0' }) => sum + coresOf(cpu), 0),
    memory: usages.reduce((sum, { memory = '0' }) => sum + unitsOf(memory), 0),
  };
}

/** An idle container uses less than the thousandth of a CPU that other quantities are counted in. */
function coresOf(text: string): number {
  return text.endsWith('n') ? Number(text.slice(0, -1)) / 1e9 : milliOf(text) / 1000;
}

/** Its times are of some seconds ago. */
const EXACT_MS = 60_000;

/** The milliseconds that this browser's clock is ahead of the cluster's; 0 where they agree. */
export function aheadOf(answer: Answer, now: number): number {
  const { timestamp = '' } = answer.items?.[0] ?? answer;
  const ahead = now - Date.parse(timestamp);
  return Math.abs(ahead) > EXACT_MS ? ahead : 0;
}
