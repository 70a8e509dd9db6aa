/** How many replicas a metric asks for (`pkg/controller/podautoscaler/replica_calculator.go`, `metrics/utilization.go`). */
import { milliOf } from '../../../kube/machinery/quantity.ts';
import { timeOf } from '../../../kube/machinery/time.ts';
import { podRequests } from '../../../kube/scheduling/requests.ts';
import type { Pod } from '../../../kube/types.ts';

const MINUTE = 60_000;
/** Within this time of a pod's start its CPU is only counted while it is ready (`--horizontal-pod-autoscaler-cpu-initialization-period`). */
const CPU_INITIALIZATION_MS = 5 * MINUTE;
/** A pod that was not ready for so long after its start never was (`--horizontal-pod-autoscaler-initial-readiness-delay`). */
const INITIAL_READINESS_MS = 30_000;
const MAX_INT32 = 2 ** 31 - 1;
const MIN_INT64 = -(2 ** 63);

/** A metric cannot be told; the message is upstream's. */
export class MetricError extends Error {}

export interface Sample {
  /** Thousandths. */
  value: number;
  /** The end of the time that was measured, in milliseconds since the epoch. */
  at: number;
  /** Its length in milliseconds. */
  window: number;
}

/** By the names of pods. */
export type Samples = ReadonlyMap<string, Sample>;

/** Shares of the target by which usage may differ without effect. */
export interface Tolerances {
  scaleDown: number;
  scaleUp: number;
}

export interface Situation {
  pods: readonly Pod[];
  /** `spec.replicas` of the scale. */
  replicas: number;
  tolerances: Tolerances;
  now: number;
}

export interface Proposal {
  replicas: number;
  /** Thousandths, of a pod on average. */
  usage: number;
}

export interface UtilizationProposal extends Proposal {
  /** Per cent of what was requested. */
  utilization: number;
}

export function isWithin(ratio: number, { scaleDown, scaleUp }: Tolerances): boolean {
  return 1 - scaleDown <= ratio && ratio <= 1 + scaleUp;
}

/** By the share of the requested amount that is used. `container`: that one's alone; '' for the whole pod. */
export function byUtilization(
  situation: Situation,
  samples: Samples,
  target: number,
  resource: string,
  container: string,
): UtilizationProposal {
  const { pods } = situation;
  const groups = groupPods(situation, samples, resource);
  const requests = new Map(pods.map((pod) => [pod.metadata.name ?? '', requestOf(pod, resource, container)]));
  const measure = (counted: ReadonlyMap<string, number>) => {
    const known = [...counted].filter(([name]) => requests.has(name));
    const requested = sum(known.map(([name]) => requests.get(name) ?? 0));
    if (requested === 0) throw new MetricError('no metrics returned matched known pods');
    const used = sum(known.map(([, value]) => value));
    const utilization = Math.trunc((used * 100) / requested);
    return { ratio: utilization / target, utilization, usage: Math.trunc(used / known.length) };
  };
  const first = measure(groups.counted);
  const missing = (name: string): number => Math.trunc(((requests.get(name) ?? 0) * Math.max(100, target)) / 100);
  const replicas = propose(situation, groups, first.ratio, missing, (counted) => measure(counted).ratio);
  return { replicas, utilization: first.utilization, usage: first.usage };
}

/** By an amount that each pod should have on average. `resource`: '' for a metric that is none. */
export function byAverage(situation: Situation, samples: Samples, target: number, resource: string): Proposal {
  const groups = groupPods(situation, samples, resource);
  const average = (counted: ReadonlyMap<string, number>): number => Math.trunc(sum(counted.values()) / counted.size);
  const usage = average(groups.counted);
  const ratioOf = (counted: ReadonlyMap<string, number>): number => average(counted) / target;
  return { replicas: propose(situation, groups, usage / target, () => target, ratioOf), usage };
}

/** By one value for all pods: the replicas change as it does to its target. */
export function byValue({ pods, replicas, tolerances }: Situation, usage: number, target: number): Proposal {
  const ratio = usage / target;
  if (replicas === 0) return { replicas: Math.ceil(ratio), usage };
  if (isWithin(ratio, tolerances)) return { replicas, usage };
  if (pods.length === 0) {
    throw new MetricError(
      'unable to calculate ready pods: no pods returned by selector while calculating replica count',
    );
  }
  const ready = pods.filter((pod) => pod.status?.phase === 'Running' && readiness(pod)?.status === 'True').length;
  return { replicas: Math.min(MAX_INT32, Math.ceil(ratio * ready)), usage };
}

/** By one value that all pods share. `replicas`: `status.replicas` of the scale. */
export function byShare(replicas: number, usage: number, target: number, tolerances: Tolerances): Proposal {
  const ratio = usage / (target * replicas);
  const wanted = isWithin(ratio, tolerances) ? replicas : Math.min(MAX_INT32, Math.ceil(usage / target));
  const each = usage / replicas;
  // Without replicas Go's conversion to an integer is this one.
  return { replicas: wanted, usage: Number.isFinite(each) ? Math.ceil(each) : MIN_INT64 };
}

interface Groups {
  ready: number;
  unready: readonly string[];
  missing: readonly string[];
  /** The values of the ready pods. */
  counted: ReadonlyMap<string, number>;
}

function groupPods({ pods, now }: Situation, samples: Samples, resource: string): Groups {
  if (pods.length === 0) throw new MetricError('no pods returned by selector while calculating replica count');
  const counted = new Map([...samples].map(([name, { value }]) => [name, value]));
  const unready: string[] = [];
  const missing: string[] = [];
  let ready = 0;
  for (const pod of pods) {
    const { name = '', deletionTimestamp } = pod.metadata;
    const sample = samples.get(name);
    if (deletionTimestamp || pod.status?.phase === 'Failed') counted.delete(name);
    else if (pod.status?.phase === 'Pending') unready.push(name);
    else if (!sample) missing.push(name);
    else if (resource === 'cpu' && isUnready(pod, sample, now)) unready.push(name);
    else ready++;
  }
  for (const name of unready) counted.delete(name);
  if (counted.size === 0) throw new MetricError('did not receive metrics for targeted pods (pods might be unready)');
  return { ready, unready, missing, counted };
}

function isUnready(pod: Pod, { at, window }: Sample, now: number): boolean {
  const condition = readiness(pod);
  if (!condition || !pod.status?.startTime) return true;
  const started = timeOf(pod.status.startTime);
  const since = timeOf(condition.lastTransitionTime);
  const isFalse = condition.status === 'False';
  if (started + CPU_INITIALIZATION_MS > now) return isFalse || at < since + window;
  return isFalse && started + INITIAL_READINESS_MS > since;
}

function readiness({ status }: Pod) {
  return status?.conditions?.find(({ type }) => type === 'Ready');
}

/**
 * The replicas for a ratio of usage to its target. Pods that are not ready, or not measured, count so that they dampen
 * the change, and never turn it round.
 */
function propose(
  { replicas, tolerances }: Situation,
  { ready, unready, missing, counted }: Groups,
  ratio: number,
  missingValue: (name: string) => number,
  ratioOf: (counted: ReadonlyMap<string, number>) => number,
): number {
  const growsWithUnready = unready.length > 0 && ratio > 1;
  if (!growsWithUnready && missing.length === 0) {
    return isWithin(ratio, tolerances) ? replicas : Math.ceil(ratio * ready);
  }
  const all = new Map(counted);
  if (ratio < 1) for (const name of missing) all.set(name, missingValue(name));
  if (ratio > 1) for (const name of missing) all.set(name, 0);
  if (growsWithUnready) for (const name of unready) all.set(name, 0);
  const dampened = ratioOf(all);
  const isTurned = (ratio < 1 && dampened > 1) || (ratio > 1 && dampened < 1);
  if (isWithin(dampened, tolerances) || isTurned) return replicas;
  const wanted = Math.ceil(dampened * all.size);
  const isAgainst = (dampened < 1 && wanted > replicas) || (dampened > 1 && wanted < replicas);
  return isAgainst ? replicas : wanted;
}

/** Thousandths that the pod, or one container of it, asks for. */
function requestOf(pod: Pod, resource: string, container: string): number {
  const { metadata, spec } = pod;
  const { name } = metadata;
  const ofPod = spec?.resources?.requests;
  if (container === '' && ofPod && Object.keys(ofPod).length > 0) return podLevelRequest(pod, resource);
  const sidecars = (spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  let total = 0;
  for (const each of [...(spec?.containers ?? []), ...sidecars]) {
    if (container !== '' && container !== each.name) continue;
    const request = each.resources?.requests?.[resource];
    if (request === undefined) {
      throw new MetricError(`missing request for ${resource} in container ${each.name} of Pod ${name}`);
    }
    total += milliOf(request);
    if (container !== '') return total;
  }
  if (container !== '') throw new MetricError(`container ${container} not found in Pod ${name}`);
  return total;
}

/** The request of the pod as a whole, with its overhead. */
function podLevelRequest(pod: Pod, resource: string): number {
  const { cpu, memory } = podRequests(pod);
  if (resource === 'cpu' && cpu > 0) return cpu;
  if (resource === 'memory' && memory > 0) return memory * 1000;
  throw new MetricError(`missing pod-level request for ${resource} in Pod ${pod.metadata.name}`);
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
