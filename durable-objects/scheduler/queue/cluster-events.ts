/** The meaning of a change for pods that wait (`pkg/scheduler/framework/events.go`, `eventhandlers.go`). */

import type { Resources } from '../../../kube/scheduling/requests.ts';
import type { Pod } from '../../../kube/types.ts';
import type { Change } from '../../controllers/runtime/ports.ts';
import type { NodeFacts, PodInfo } from '../cache/projections.ts';
import type { ClusterEvent } from '../framework/events.ts';
import type { Plugin } from '../framework/interface.ts';

const differ = (a: unknown, b: unknown): boolean => JSON.stringify(a) !== JSON.stringify(b);

/** `NodeSchedulingPropertiesChange` */
export function nodeEvents(before: NodeFacts | undefined, after: NodeFacts): ClusterEvent[] {
  if (!before) return ['node-added'];
  const events: ClusterEvent[] = [];
  if (differ(before.labels, after.labels)) events.push('node-labels');
  if (before.unschedulable !== after.unschedulable || differ(before.taints, after.taints)) events.push('node-taints');
  if (before.allowedPodNumber !== after.allowedPodNumber || differ(before.allocatable, after.allocatable)) {
    events.push('node-allocatable');
  }
  if (differ(before.declaredFeatures, after.declaredFeatures)) events.push('node-features');
  return events;
}

/** `PodSchedulingPropertiesChange`, of a pod on a node. */
export function assignedPodEvents(before: PodInfo | undefined, after: PodInfo): ClusterEvent[] {
  if (!before || before.node !== after.node || before.uid !== after.uid) return ['pod-assigned'];
  const events: ClusterEvent[] = [];
  if (differ(before.labels, after.labels)) events.push('pod-labels');
  if (isLess(after.requests, before.requests)) events.push('pod-scaled-down');
  return events;
}

function isLess(after: Resources, before: Resources): boolean {
  if (after.cpu < before.cpu || after.memory < before.memory || after.ephemeralStorage < before.ephemeralStorage) {
    return true;
  }
  return Object.entries(before.scalar ?? {}).some(([name, count]) => (after.scalar?.[name] ?? 0) < count);
}

/** Of the resources whose changes plugins wake pods on. */
export function prefixesOf(plugins: readonly Plugin[]): string[] {
  const events = plugins.flatMap(({ wakesOn = [] }) => wakesOn).filter((event) => event.startsWith('changed:'));
  return [...new Set(events.map((event) => `${event.slice('changed:'.length)}/`))];
}

/** Whether a change leaves a pod without a node. */
export function isUnassigned({ key, change, text }: Change, exactly: boolean): boolean {
  if (!key.startsWith('pods/') || change === 'delete') return false;
  if (!text.includes('"nodeName":"')) return true;
  // A label may have that name, too.
  return exactly && !(JSON.parse(text) as Pod).spec?.nodeName;
}
