/** The nodes that run a daemon pod (upstream `NodeShouldRunDaemonPod`, `pkg/controller/daemon/util/daemonset_util.go`). */
import { matchesRequired } from '../../../kube/scheduling/node-selector.ts';
import { untolerated } from '../../../kube/scheduling/tolerations.ts';
import type { DaemonSet, Pod, PodSpec, PodTemplateSpec, Toleration } from '../../../kube/types.ts';
import { REVISION_HASH } from '../common/controller-revisions.ts';
import type { NodeProjection } from '../common/nodes.ts';

export interface Placement {
  /** A pod is to be made where there is none. */
  shouldRun: boolean;
  /** A pod that is there may stay. */
  shouldContinueRunning: boolean;
}

const NOWHERE: Placement = { shouldRun: false, shouldContinueRunning: false };

const GENERATION_LABEL = 'pod-template-generation';
const GENERATION_ANNOTATION = 'deprecated.daemonset.template.generation';

/** Daemon pods stay where other pods are evicted from, and come to nodes that take no others. */
const TOLERATIONS: readonly Toleration[] = [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/pid-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
];
const OF_HOST_NETWORK: readonly Toleration[] = [
  { key: 'node.kubernetes.io/network-unavailable', operator: 'Exists', effect: 'NoSchedule' },
];

/** By the names of the nodes. */
export function placementsOf({ spec }: DaemonSet, nodes: readonly NodeProjection[]): Map<string, Placement> {
  const pod = { spec: spec?.template?.spec } as Pod;
  const tolerations = tolerationsOf(pod.spec);
  return new Map(nodes.map((node) => [node.name, placementOf(pod, tolerations, node)]));
}

/** Whether a change of a node, which may have come or gone, changes what the DaemonSet does on it. */
export function concerns(
  { spec }: DaemonSet,
  before: NodeProjection | undefined,
  after: NodeProjection | undefined,
): boolean {
  const pod = { spec: spec?.template?.spec } as Pod;
  const tolerations = tolerationsOf(pod.spec);
  const [old, now] = [before, after].map((node) => (node ? placementOf(pod, tolerations, node) : NOWHERE));
  return old?.shouldRun !== now?.shouldRun || old?.shouldContinueRunning !== now?.shouldContinueRunning;
}

function placementOf(pod: Pod, tolerations: readonly Toleration[], node: NodeProjection): Placement {
  const { name, labels } = node;
  const { taints } = node.node;
  if (pod.spec?.nodeName && pod.spec.nodeName !== name) return NOWHERE;
  if (!matchesRequired(pod, name, labels)) return NOWHERE;
  if (!untolerated(taints, tolerations)) return { shouldRun: true, shouldContinueRunning: true };
  return { shouldRun: false, shouldContinueRunning: !untolerated(taints, tolerations, ['NoExecute']) };
}

/** The template's, and those of every daemon pod (`AddOrUpdateDaemonPodTolerations`). */
function tolerationsOf(spec: PodSpec | undefined): Toleration[] {
  const tolerations = [...(spec?.tolerations ?? [])];
  for (const added of [...TOLERATIONS, ...(spec?.hostNetwork ? OF_HOST_NETWORK : [])]) {
    const at = tolerations.findIndex(
      ({ key, operator, effect, value }) =>
        key === added.key && operator === added.operator && effect === added.effect && !value,
    );
    if (at < 0) tolerations.push(added);
    else tolerations[at] = added;
  }
  return tolerations;
}

/** The number that the template had before revisions had names; undefined for what does not parse. */
export function templateGeneration({ metadata }: DaemonSet): string | undefined {
  const text = metadata.annotations?.[GENERATION_ANNOTATION];
  return text !== undefined && /^[+-]?\d+$/.test(text) ? String(BigInt(text.replace('+', ''))) : undefined;
}

/** Whether a pod with these labels is of the present template (`IsPodUpdated`). */
export function isUpdated(
  daemonSet: DaemonSet,
  hash: string,
  { labels }: { labels: Readonly<Record<string, string>> },
): boolean {
  const generation = templateGeneration(daemonSet);
  return labels[REVISION_HASH] === hash || (generation !== undefined && labels[GENERATION_LABEL] === generation);
}

/** The template of the pods that are made now (`CreatePodTemplate`). */
export function daemonTemplate(daemonSet: DaemonSet, hash: string): PodTemplateSpec {
  const { template } = daemonSet.spec ?? {};
  const generation = templateGeneration(daemonSet);
  const labels = {
    ...template?.metadata?.labels,
    ...(generation === undefined ? {} : { [GENERATION_LABEL]: generation }),
    [REVISION_HASH]: hash,
  };
  return {
    ...template,
    metadata: { ...template?.metadata, labels },
    spec: { ...template?.spec, tolerations: tolerationsOf(template?.spec) } as PodSpec,
  };
}

/** The template with an affinity to one node, by which the scheduler binds the pod (`ReplaceDaemonSetPodNodeNameNodeAffinity`). */
export function forNode(template: PodTemplateSpec, node: string): PodTemplateSpec {
  const { affinity } = template.spec ?? {};
  const terms = [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }];
  const required = {
    ...affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution,
    nodeSelectorTerms: terms,
  };
  const nodeAffinity = { ...affinity?.nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: required };
  return { ...template, spec: { ...template.spec, affinity: { ...affinity, nodeAffinity } } as PodSpec };
}
