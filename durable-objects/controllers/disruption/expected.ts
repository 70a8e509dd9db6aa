/** The pods that a budget expects and wants healthy (upstream `disruption.go` getExpectedPodCount). */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { PodDisruptionBudget } from '../../../kube/types.ts';
import type { PodProjection } from '../common/pods.ts';
import { scaledValue } from '../common/values.ts';
import type { Answer, Question } from '../runtime/plan.ts';
import type { RESTMapper } from '../runtime/ports.ts';
import type { View } from '../runtime/view/view.ts';

export interface Expected {
  pods: number;
  healthy: number;
  /** Some pods have no controller, so that a share of them can't be told. */
  hasUnmanaged: boolean;
}

type Asking<T> = Generator<Question, T, Answer>;
type Scaled = KubeObject & { spec?: { replicas?: number } };
type Owner = NonNullable<PodProjection['owner']>;

/** Where controllers of pods and their scales are found. */
export interface Surroundings {
  view: View;
  kinds: Pick<RESTMapper, 'findKind'>;
}

/** Kinds that control pods, and whose scale their own objects tell. */
const SCALED: Readonly<Record<string, string>> = {
  'apps/ReplicaSet': 'replicasets.apps',
  'extensions/ReplicaSet': 'replicasets.apps',
  'apps/StatefulSet': 'statefulsets.apps',
  '/ReplicationController': 'replicationcontrollers',
};
const DEPLOYMENTS = 'deployments.apps';

/** Throws when a pod's controller isn't known or has no scale: nothing may be disrupted then. */
export function* expectedOf(
  { spec }: PodDisruptionBudget,
  pods: readonly PodProjection[],
  surroundings: Surroundings,
): Asking<Expected> {
  const { minAvailable, maxUnavailable } = spec ?? {};
  if (typeof minAvailable === 'number' && maxUnavailable === undefined) {
    return { pods: pods.length, healthy: minAvailable, hasUnmanaged: false };
  }
  if (minAvailable === undefined && maxUnavailable === undefined) return { pods: 0, healthy: 0, hasUnmanaged: false };
  const { total, hasUnmanaged } = yield* totalScale(pods, surroundings);
  const healthy =
    maxUnavailable === undefined
      ? scaledValue(minAvailable, total, true)
      : Math.max(0, total - scaledValue(maxUnavailable, total, true));
  return { pods: total, healthy, hasUnmanaged };
}

function* totalScale(
  pods: readonly PodProjection[],
  surroundings: Surroundings,
): Asking<{ total: number; hasUnmanaged: boolean }> {
  const scales = new Map<string, number>();
  const looked = new Set<string>();
  let hasUnmanaged = false;
  for (const { owner, namespace, name } of pods) {
    if (!owner) hasUnmanaged = true;
    if (!owner || looked.has(owner.uid)) continue;
    looked.add(owner.uid);
    const controller =
      knownController(owner, namespace, surroundings.view) ?? (yield* askScale(owner, namespace, surroundings));
    if (!controller) throw new Error(`found no controllers for pod "${name}"`);
    scales.set(controller.metadata.uid ?? '', controller.spec?.replicas ?? 0);
  }
  return { total: [...scales.values()].reduce((sum, scale) => sum + scale, 0), hasUnmanaged };
}

/** A Deployment counts for its ReplicaSets, as long as it is there. */
function knownController({ apiVersion, kind, name, uid }: Owner, namespace: string, view: View): Scaled | undefined {
  const resource = SCALED[`${groupOf(apiVersion)}/${kind}`];
  const found = resource === undefined ? undefined : view.get<Scaled>(resource, namespace, name);
  if (!found || found.metadata.uid !== uid) return undefined;
  const above = found.metadata.ownerReferences?.find(({ controller }) => controller);
  if (kind !== 'ReplicaSet' || above?.kind !== 'Deployment') return found;
  const deployment = view.get<Scaled>(DEPLOYMENTS, namespace, above.name);
  return deployment?.metadata.uid === above.uid ? deployment : found;
}

/** `getScaleController`; undefined where the controller is not there. */
function* askScale(owner: Owner, namespace: string, { kinds }: Surroundings): Asking<Scaled | undefined> {
  const { apiVersion, kind, name, uid } = owner;
  const served = kinds.findKind(apiVersion, kind)?.kind;
  if (!served) throw new Error(`no matches for kind "${kind}" in version "${apiVersion}"`);
  const { resource, subresources } = served;
  if (!subresources.scale) throw new Error(`${resource} does not implement the scale subresource`);
  const answer = yield { resource, namespace, name, subresource: 'scale' };
  if (answer.ok) {
    const scale = answer.object as Scaled;
    return scale.metadata.uid === uid ? scale : undefined;
  }
  if (answer.status.reason === 'NotFound') return undefined;
  throw new Error(answer.status.message);
}

function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}
