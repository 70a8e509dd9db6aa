/** The pods that a budget expects and wants healthy (upstream `disruption.go` getExpectedPodCount). */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { PodDisruptionBudget } from '../../../kube/types.ts';
import type { PodProjection } from '../common/pods.ts';
import { scaledValue } from '../common/values.ts';
import type { View } from '../runtime/view/view.ts';

export interface Expected {
  pods: number;
  healthy: number;
  /** Some pods have no controller, so that a share of them can't be told. */
  hasUnmanaged: boolean;
}

type Scaled = KubeObject & { spec?: { replicas?: number } };

/** Kinds that may control pods and have a scale. */
const SCALED: Readonly<Record<string, string>> = {
  'apps/ReplicaSet': 'replicasets.apps',
  'apps/StatefulSet': 'statefulsets.apps',
  'apps/Deployment': 'deployments.apps',
  '/ReplicationController': 'replicationcontrollers',
};

/** Throws when a pod's controller isn't known or has no scale: nothing may be disrupted then. */
export function expectedOf({ spec }: PodDisruptionBudget, pods: readonly PodProjection[], view: View): Expected {
  const { minAvailable, maxUnavailable } = spec ?? {};
  if (typeof minAvailable === 'number' && maxUnavailable === undefined) {
    return { pods: pods.length, healthy: minAvailable, hasUnmanaged: false };
  }
  if (minAvailable === undefined && maxUnavailable === undefined) return { pods: 0, healthy: 0, hasUnmanaged: false };
  const { total, hasUnmanaged } = totalScale(pods, view);
  const healthy =
    maxUnavailable === undefined
      ? scaledValue(minAvailable, total, true)
      : Math.max(0, total - scaledValue(maxUnavailable, total, true));
  return { pods: total, healthy, hasUnmanaged };
}

function totalScale(pods: readonly PodProjection[], view: View): { total: number; hasUnmanaged: boolean } {
  const scales = new Map<string, number>();
  const looked = new Set<string>();
  let hasUnmanaged = false;
  for (const { owner, namespace, name } of pods) {
    if (!owner) hasUnmanaged = true;
    if (!owner || looked.has(owner.uid)) continue;
    looked.add(owner.uid);
    const controller = topController(owner, namespace, view);
    if (!controller) throw new Error(`found no controllers for pod "${name}"`);
    scales.set(controller.metadata.uid ?? '', controller.spec?.replicas ?? 0);
  }
  return { total: [...scales.values()].reduce((sum, scale) => sum + scale, 0), hasUnmanaged };
}

/** A Deployment counts for its ReplicaSets. */
function topController(
  { apiVersion, kind, name, uid }: NonNullable<PodProjection['owner']>,
  namespace: string,
  view: View,
): Scaled | undefined {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  const resource = SCALED[`${group}/${kind}`];
  const found = resource === undefined ? undefined : view.get<Scaled>(resource, namespace, name);
  if (!found || found.metadata.uid !== uid) return undefined;
  const above = found.metadata.ownerReferences?.find(({ controller }) => controller);
  return kind === 'ReplicaSet' && above?.kind === 'Deployment' ? topController(above, namespace, view) : found;
}
