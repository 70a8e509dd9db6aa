/** A kubelet under pressure evicts one pod after the other (kubelet `eviction/eviction_manager.go`). */
import { formatQuantity, unitsOf } from '../../../kube/machinery/quantity.ts';
import { rfc3339 } from '../../../kube/machinery/time.ts';
import { isCritical, type PodFailure } from '../../../kube/pod-lifecycle/index.ts';
import { podRequests } from '../../../kube/scheduling/requests.ts';
import type { Pod } from '../../../kube/types.ts';
import { simulatedUsage } from '../../../kube/usage/simulated.ts';

/** Between two looks (`evictionMonitoringPeriod`), in milliseconds. */
const INTERVAL = 10_000;
/** The resource that is short; memory goes first. */
const RESOURCES = { MemoryPressure: 'memory', DiskPressure: 'ephemeral-storage', PIDPressure: 'pids' } as const;
export type Pressure = keyof typeof RESOURCES;

/** When each node under pressure is looked at. */
export class Evictions {
  readonly #due = new Map<string, number>();

  /**
   * A node is under pressure, and may have pods, or is no longer. `since`: when that began, in milliseconds. The object
   * may have slept meanwhile.
   */
  pressed(node: string, pressures: readonly Pressure[], since: number): void {
    if (pressures.length === 0) this.#due.delete(node);
    else if (!this.#due.has(node) && Number.isFinite(since)) this.again(node, since);
  }

  /** It has evicted a pod, maybe in an earlier life of the object. */
  evictedAt(node: string, at: number): void {
    const due = this.#due.get(node);
    if (due !== undefined && at + INTERVAL > due) this.again(node, at);
  }

  again(node: string, since: number): void {
    this.#due.set(node, since + INTERVAL);
  }

  takeDue(now: number): string[] {
    // The clock may have been set back.
    for (const [node, at] of this.#due) if (at > now + INTERVAL) this.again(node, now);
    const due = [...this.#due].flatMap(([node, at]) => (at <= now ? [node] : []));
    for (const node of due) this.#due.delete(node);
    return due;
  }

  get next(): number {
    return Math.min(Number.POSITIVE_INFINITY, ...this.#due.values());
  }
}

/** The pod that goes first: one that uses more memory than it asked for, then by priority, then by how much more. */
export function chooseEvicted(
  pods: readonly Pod[],
  [pressure]: readonly Pressure[],
): { pod: Pod; failure: PodFailure } | undefined {
  if (!pressure) return undefined;
  const isMemory = pressure === 'MemoryPressure';
  const ranked = pods
    .filter((pod) => !isCritical(pod))
    .map((pod) => ({ pod, priority: Number(pod.spec?.priority ?? 0), excess: isMemory ? excessOf(pod) : 0 }))
    .sort((a, b) => Number(b.excess > 0) - Number(a.excess > 0) || a.priority - b.priority || b.excess - a.excess);
  const pod = ranked[0]?.pod;
  if (!pod) return undefined;
  const message = `The node was low on resource: ${RESOURCES[pressure]}. ${isMemory ? blamed(pod) : ''}`;
  return { pod, failure: { reason: 'Evicted', message, gracePeriodSeconds: 1 } };
}

function excessOf(pod: Pod): number {
  return simulatedUsage(pod).reduce((sum, { memory }) => sum + memory, 0) - podRequests(pod).memory;
}

/** The containers that use more memory than they asked for. */
function blamed(pod: Pod): string {
  const containers = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
  const texts = simulatedUsage(pod).map(({ name, memory }) => {
    const request = containers.find((container) => container.name === name)?.resources?.requests?.memory ?? '0';
    if (memory <= unitsOf(request)) return '';
    const used = formatQuantity({ nano: BigInt(Math.floor(memory)) * 1_000_000_000n, format: 'BinarySI' });
    return `Container ${name} was using ${used}, request is ${request}, has larger consumption of memory. `;
  });
  return texts.join('');
}

/** When a pod was evicted; undefined for others. */
export function evictionTime({ status }: Pod): number | undefined {
  if (status?.phase !== 'Failed' || status.reason !== 'Evicted') return undefined;
  const condition = status.conditions?.find(({ type }) => type === 'DisruptionTarget');
  return condition?.lastTransitionTime ? Date.parse(condition.lastTransitionTime) : undefined;
}

/** The pod with the condition that its end is not its own doing. */
export function disrupted(pod: Pod, { message }: PodFailure, now: number): Pod {
  const { generation } = pod.metadata;
  const others = pod.status?.conditions?.filter(({ type }) => type !== 'DisruptionTarget') ?? [];
  const condition = {
    type: 'DisruptionTarget',
    ...(generation ? { observedGeneration: generation } : {}),
    status: 'True',
    lastProbeTime: null as unknown as undefined,
    lastTransitionTime: rfc3339(now),
    reason: 'TerminationByKubelet',
    message,
  };
  return { ...pod, status: { ...pod.status, conditions: [...others, condition] } };
}
