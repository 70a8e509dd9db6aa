/**
 * pod-garbage-collector (upstream `pkg/controller/podgc/gc_controller.go`): pods whose node was deleted, pods that are
 * being deleted and have no kubelet to end them, and the oldest of very many that have ended.
 *
 * A node that was deleted is given 40 s to come back, as upstream: an agent whose Node object is deleted registers
 * again, and its pods still run.
 */
import { type Key, keyOf, parseKey } from '../../kube/machinery/resource.ts';
import { measure } from '../../kube/metrics/registry.ts';
import type { Pod } from '../../kube/types.ts';
import { nodeFacts } from './common/nodes.ts';
import { disruptionPatch, isPod, isTerminal, type PodProjection, podFacts, podsByNode } from './common/pods.ts';
import { type DelayedKey, defineController, type ObjectChange } from './runtime/controller.ts';
import type { Action, Plan } from './runtime/plan.ts';
import type { Projection } from './runtime/view/projection.ts';
import type { View } from './runtime/view/view.ts';

/** upstream's quarantineTime */
const QUARANTINE_MS = 40_000;
/** `--terminated-pod-gc-threshold` */
const MAX_TERMINATED = 12_500;
const TERMINATED_PODS = keyOf('pods', '', '');

/** The reasons of upstream's metrics (`podgc/metrics`). */
type Reason = 'terminated' | 'out-of-service' | 'orphaned' | 'unscheduled';

export const podGarbageCollector = defineController({
  name: 'pod-garbage-collector',
  for: '*',
  watches: [
    { resource: 'nodes', map: ofNode },
    { resource: 'pods', map: ofPod },
  ],
  projections: [nodeFacts, podFacts],
  indexes: [podsByNode],
  reconcile: (key, view, now) => {
    if (key === TERMINATED_PODS) return collectTerminated(view);
    return { actions: [], apart: key.startsWith('pods/') ? unbound(key, view, now) : ofNodeNow(key, view, now) };
  },
});

function ofNode({ key, change, after }: ObjectChange): (Key | DelayedKey)[] {
  if (change === 'delete') return [{ key, after: QUARANTINE_MS }];
  return nodeFacts.of(after)?.outOfService ? [key] : [];
}

function ofPod({ key, before, after }: ObjectChange, view: View): (Key | DelayedKey)[] {
  if (!isPod(after)) return [];
  const known = isPod(before) ? before : undefined;
  const keys: (Key | DelayedKey)[] = [];
  if (isTerminal(after) && !(known && isTerminal(known))) keys.push(TERMINATED_PODS);
  if (after.pod.node === '') return isEndless(after) ? [...keys, key] : keys;
  const nodeKey = keyOf('nodes', '', after.pod.node);
  const node = view.projection(nodeKey);
  if (!node && known?.pod.node !== after.pod.node) keys.push({ key: nodeKey, after: QUARANTINE_MS });
  if (after.deleting && nodeFacts.of(node)?.outOfService) keys.push(nodeKey);
  return keys;
}

/** The pod is being deleted, and no kubelet will end it: it was never bound. */
function isEndless(pod: PodProjection): boolean {
  return pod.deleting && pod.pod.node === '' && !isTerminal(pod);
}

/** `gcUnscheduledTerminating` */
function unbound(key: Key, view: View, now: number): Action[][] {
  const pod = view.projection(key);
  return isPod(pod) && isEndless(pod) ? [collect(pod, view, now, 'unscheduled')] : [];
}

/** `gcOrphaned`, where the node is gone; `gcTerminating`, where it was said to be out of service. */
function ofNodeNow(key: Key, view: View, now: number): Action[][] {
  const node = view.projection(key);
  if (node && !nodeFacts.of(node)?.outOfService) return [];
  const pods = [...view.index(podsByNode, parseKey(key).name)].filter(isPod);
  if (!node) return pods.map((pod) => collect(pod, view, now, 'orphaned'));
  return pods.filter(({ deleting }) => deleting).map((pod) => collect(pod, view, now, 'out-of-service'));
}

/** `gcTerminated`: beyond the threshold the oldest go, of them first those that were evicted. */
function collectTerminated(view: View): Plan {
  if (view.count('pods') <= MAX_TERMINATED) return { actions: [] };
  const terminated: PodProjection[] = [];
  for (const { name: namespace } of view.projections('namespaces', '')) {
    for (const pod of view.projections('pods', namespace)) if (isPod(pod) && isTerminal(pod)) terminated.push(pod);
  }
  const excess = terminated
    .sort((a, b) => Number(b.pod.evicted ?? false) - Number(a.pod.evicted ?? false) || a.created - b.created)
    .slice(0, Math.max(0, terminated.length - MAX_TERMINATED));
  return { actions: excess.map((pod) => remove(pod, 'terminated')), parallel: true };
}

/** `markFailedAndDeletePod` */
function collect(projection: PodProjection, view: View, now: number, reason: Reason): Action[] {
  const pod = view.get<Pod>('pods', projection.namespace, projection.name);
  if (!pod) return [];
  if (isTerminal(projection)) return [remove(projection, reason)];
  const { namespace, name, uid } = projection;
  const why = 'PodGC: node no longer exists';
  const conditions = reason === 'orphaned' ? disruptionPatch(pod, 'DeletionByPodGC', why, now) : {};
  const { generation } = pod.metadata;
  const observed = generation ? { observedGeneration: generation } : {};
  const patch = { status: { phase: 'Failed', ...observed, ...conditions } };
  const target = { resource: 'pods', namespace, name, uid };
  return [{ do: 'patch', target, patch, type: 'strategic', subresource: 'status' }, remove(projection, reason)];
}

function remove({ namespace, name, uid }: Projection, reason: Reason): Action {
  const done = [measure('pod_gc_collector_force_delete_pods_total', 1, namespace, reason)];
  const failed = measure('pod_gc_collector_force_delete_pod_errors_total', 1, namespace, reason);
  // Upstream counts refused deletions of these two among all, too.
  const refused = reason === 'terminated' || reason === 'out-of-service' ? [...done, failed] : [failed];
  const target = { resource: 'pods', namespace, name, uid };
  return { do: 'delete', target, gracePeriodSeconds: 0, metrics: { done, refused } };
}
