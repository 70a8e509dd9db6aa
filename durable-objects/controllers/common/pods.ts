/** The view's facts about pods, and questions about them (upstream `pkg/controller/controller_utils.go`). */
import { conditionPatch } from '../../../kube/machinery/condition-patch.ts';
import { rfc3339, timeOf } from '../../../kube/machinery/time.ts';
import type { Pod } from '../../../kube/types.ts';
import type { Interner } from '../runtime/view/interner.ts';
import { defineIndex, defineProjection, labelsOf, type Projection } from '../runtime/view/projection.ts';

/** Facts that controllers ask for over and over, so that a set of 1000 pods is never parsed again for one of them. */
export interface PodFacts {
  phase: string;
  node: string;
  /** The one node that a pod which is not bound yet may be bound to, as its affinity names it. */
  target?: string;
  /** The Ready condition is True. */
  ready: boolean;
  /** The time of the last change of Ready; 0 when unknown. */
  readySince: number;
  /** `controller.kubernetes.io/pod-deletion-cost` */
  cost: number;
  /** The highest restart count of its containers. */
  restarts: number;
  /** The highest of its sidecars; absent where it is 0. */
  sidecarRestarts?: number;
  ips: readonly string[];
  hostname?: string;
  subdomain?: string;
  /** Its node ended it to reclaim its resources. */
  evicted?: true;
  /** When it was said that the pod is about to be deleted, by another than its kubelet. */
  disrupted?: number;
  /** Container ports that have a name. */
  ports: readonly { name: string; port: number; protocol: string }[];
}

export type PodProjection = Projection & { readonly pod: PodFacts };

const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';
const NONE: readonly never[] = Object.freeze([]);

export const podFacts = defineProjection<PodFacts>({
  field: 'pod',
  resource: 'pods',
  compute: (object, intern) => factsOf(object as unknown as Pod, intern),
});

export const podLabels = labelsOf('pods');

/** Pods by the node that they are bound to. */
export const podsByNode = defineIndex({
  name: 'pods by node',
  resource: 'pods',
  values: (pod) => (isPod(pod) && pod.pod.node !== '' ? [pod.pod.node] : NONE),
});

/** Pods without a controller by namespace: candidates for adoption. */
export const orphanPods = defineIndex({
  name: 'orphan pods',
  resource: 'pods',
  values: ({ owner, namespace }) => (owner ? NONE : [namespace]),
});

export function isPod(projection: Projection | undefined): projection is PodProjection {
  return podFacts.of(projection) !== undefined;
}

export function isTerminal({ pod }: PodProjection): boolean {
  return pod.phase === 'Succeeded' || pod.phase === 'Failed';
}

export function isActive(projection: PodProjection): boolean {
  return !isTerminal(projection) && !projection.deleting;
}

/** The pod is being deleted, and still runs. */
export function isTerminating(projection: PodProjection): boolean {
  return !isTerminal(projection) && projection.deleting;
}

/** The time until a pod has been ready for `minReadySeconds`: 0 when it has, undefined while it isn't ready. In ms. */
export function untilAvailable({ pod }: PodProjection, minReadySeconds: number, now: number): number | undefined {
  if (!pod.ready) return undefined;
  if (minReadySeconds === 0) return 0;
  if (pod.readySince === 0) return undefined;
  return Math.max(0, pod.readySince + minReadySeconds * 1000 - now);
}

/** The time until the next of the pods that are ready becomes available; undefined where none will. Milliseconds. */
export function untilNextAvailable(
  pods: readonly PodProjection[],
  minReadySeconds: number,
  now: number,
): number | undefined {
  let next: number | undefined;
  for (const pod of pods) {
    const wait = untilAvailable(pod, minReadySeconds, now);
    if (wait) next = Math.min(next ?? wait, wait);
  }
  return next;
}

/** The part of a status patch that says why a pod is about to be deleted (KEP-3329). `now` in milliseconds. */
export function disruptionPatch({ metadata, status }: Pod, reason: string, message: string, now: number): object {
  const before = status?.conditions?.find(({ type }) => type === 'DisruptionTarget');
  return conditionPatch(status?.conditions, {
    type: 'DisruptionTarget',
    status: 'True',
    reason,
    message,
    lastTransitionTime: before?.status === 'True' ? before.lastTransitionTime : rfc3339(now),
    ...(metadata.generation ? { observedGeneration: metadata.generation } : {}),
  } as { type: string });
}

function factsOf(pod: Pod, intern: Interner): PodFacts {
  const { spec, status, metadata } = pod;
  const ready = status?.conditions?.find((condition) => condition.type === 'Ready');
  const ports: { name: string; port: number; protocol: string }[] = [];
  const sidecars = (spec?.initContainers ?? []).filter((container) => container.restartPolicy === 'Always');
  for (const container of [...(spec?.containers ?? []), ...sidecars]) {
    for (const port of container.ports ?? []) {
      if (port.name) ports.push({ name: port.name, port: port.containerPort, protocol: port.protocol ?? 'TCP' });
    }
  }
  const sidecarStatuses = status?.initContainerStatuses?.filter(({ name }) =>
    sidecars.some((sidecar) => sidecar.name === name),
  );
  const ips = status?.podIPs?.map((entry) => entry.ip) ?? (status?.podIP ? [status.podIP] : []);
  const facts: PodFacts = {
    phase: intern.text(status?.phase ?? 'Pending'),
    node: intern.text(spec?.nodeName ?? ''),
    ready: ready?.status === 'True',
    readySince: ready ? timeOf(ready.lastTransitionTime) : 0,
    cost: Number.parseInt(metadata.annotations?.[DELETION_COST] ?? '0', 10) || 0,
    restarts: highestRestarts(status?.containerStatuses),
    ips: ips.length > 0 ? ips : NONE,
    ports: ports.length > 0 ? intern.value(ports) : NONE,
  };
  const sidecarRestarts = highestRestarts(sidecarStatuses);
  if (sidecarRestarts > 0) facts.sidecarRestarts = sidecarRestarts;
  if (status?.phase === 'Failed' && status.reason === 'Evicted') facts.evicted = true;
  const disruption = status?.conditions?.find(({ type }) => type === 'DisruptionTarget');
  if (disruption?.status === 'True' && disruption.reason !== 'TerminationByKubelet') {
    facts.disrupted = timeOf(disruption.lastTransitionTime);
  }
  const target = spec?.nodeName ? undefined : targetOf(pod);
  if (target !== undefined) facts.target = intern.text(target);
  if (spec?.hostname) facts.hostname = spec.hostname;
  if (spec?.subdomain) facts.subdomain = spec.subdomain;
  return facts;
}

function highestRestarts(statuses: readonly { restartCount?: number }[] | undefined): number {
  return Math.max(0, ...(statuses ?? []).map(({ restartCount = 0 }) => restartCount));
}

/** `GetTargetNodeName` of `pkg/controller/daemon/util/daemonset_util.go` */
function targetOf({ spec }: Pod): string | undefined {
  const required = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const named = (required?.nodeSelectorTerms ?? [])
    .flatMap(({ matchFields = [] }) => matchFields)
    .find(({ key, operator }) => key === 'metadata.name' && operator === 'In');
  return named?.values?.length === 1 ? named.values[0] : undefined;
}
