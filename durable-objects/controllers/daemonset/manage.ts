/** The pods that each node lacks, and those that it has too many (upstream `manage`, `podsShouldBeOnNode`). */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { eventAbout } from '../common/controller-ref.ts';
import { REVISION_HASH } from '../common/controller-revisions.ts';
import type { PodProjection } from '../common/pods.ts';
import type { EventDecision } from '../runtime/plan.ts';
import type { FailedPodsBackOff } from './back-off.ts';
import type { Placement } from './placement.ts';
import { allowsSurge, byAge, type Changes, isAvailable, type Sync } from './sync.ts';

export function manage(sync: Sync, backOff: FailedPodsBackOff): Changes & { events: EventDecision[] } {
  const changes = { creates: [] as string[], deletes: [] as PodProjection[], events: [] as EventDecision[] };
  const surges = allowsSurge(sync.daemonSet);
  for (const [node, placement] of sync.placements) {
    const pods = (sync.pods.get(node) ?? []).filter((pod) => !pod.deleting);
    if (!placement.shouldContinueRunning) {
      changes.deletes.push(...pods);
      continue;
    }
    const running = pods.filter((pod) => !isOver(sync, pod, node, backOff, changes));
    if (isLacking(sync, node, placement, running, surges)) changes.creates.push(node);
    changes.deletes.push(...(surges ? beyondSurge(sync, running) : running.sort(byAge).slice(1)));
  }
  // A pod for a node that is gone is never bound, and so no other controller deletes it.
  for (const [node, pods] of sync.pods) {
    if (!sync.placements.has(node)) changes.deletes.push(...pods.filter(({ pod }) => pod.node === ''));
  }
  return changes;
}

/** A node gets its next pod once the one before is gone, but with a surge as soon as that one is being deleted. */
function isLacking(
  { pods }: Sync,
  node: string,
  { shouldRun }: Placement,
  running: readonly PodProjection[],
  surges: boolean,
): boolean {
  if (!shouldRun) return false;
  return surges ? running.length === 0 : (pods.get(node) ?? []).length === 0;
}

/** A pod that has ended is deleted with an event; one that failed waits for its back-off. */
function isOver(
  { daemonSet }: Sync,
  pod: PodProjection,
  node: string,
  backOff: FailedPodsBackOff,
  changes: { deletes: PodProjection[]; events: EventDecision[] },
): boolean {
  const owner = daemonSet as unknown as KubeObject;
  const named = `${pod.namespace}/${pod.name} on node ${node}`;
  if (pod.pod.phase === 'Failed') {
    if (!backOff.mayReplace(node)) return true;
    const message = `Found failed daemon pod ${named}, will try to kill it`;
    changes.events.push(eventAbout(owner, 'Warning', 'FailedDaemonPod', message));
  } else if (pod.pod.phase === 'Succeeded') {
    const message = `Found succeeded daemon pod ${named}, will try to delete it`;
    changes.events.push(eventAbout(owner, 'Normal', 'SucceededDaemonPod', message));
  } else return false;
  changes.deletes.push(pod);
  return true;
}

/**
 * With a surge a node has two pods only while the new one is not available yet and the old one is ready; of either
 * template the oldest stays.
 */
function beyondSurge(sync: Sync, running: readonly PodProjection[]): PodProjection[] {
  if (running.length <= 1) return [];
  const sorted = [...running].sort(byAge);
  const fresh = sorted.find(({ labels }) => labels[REVISION_HASH] === sync.hash);
  const old = sorted.find(({ labels }) => labels[REVISION_HASH] !== sync.hash);
  const excess = sorted.filter((pod) => pod !== fresh && pod !== old);
  if (fresh && old && (!old.pod.ready || isAvailable(sync, fresh))) excess.push(old);
  return excess;
}
