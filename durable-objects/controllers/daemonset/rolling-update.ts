/** The next pods to replace by those of the present template (upstream `rollingUpdate` in `daemon/update.go`). */
import type { PodProjection } from '../common/pods.ts';
import { type Changes, isAvailable, isNew, limitsOf, type Sync } from './sync.ts';

/** The pods of a node that are not being deleted. */
interface OnNode {
  node: string;
  fresh?: PodProjection;
  old?: PodProjection;
  /** There is more than one of a template: `manage` deletes them first. */
  hasExcess: boolean;
}

export function rollingUpdate(sync: Sync): Changes {
  const desired = [...sync.placements.values()].filter(({ shouldRun }) => shouldRun).length;
  const { maxSurge, maxUnavailable } = limitsOf(sync.daemonSet, desired);
  const nodes = nodesOf(sync);
  return maxSurge === 0 ? replace(sync, nodes, maxUnavailable) : surge(sync, nodes, maxSurge, desired);
}

/** The nodes with pods, and those that should have one. */
function nodesOf(sync: Sync): OnNode[] {
  const names = new Set(sync.pods.keys());
  for (const [node, { shouldRun }] of sync.placements) if (shouldRun) names.add(node);
  return [...names].map((node) => {
    const pods = (sync.pods.get(node) ?? []).filter((pod) => !pod.deleting);
    const [fresh, ...moreFresh] = pods.filter((pod) => isNew(sync, pod));
    const [old, ...moreOld] = pods.filter((pod) => !isNew(sync, pod));
    return { node, fresh, old, hasExcess: moreFresh.length + moreOld.length > 0 };
  });
}

/** Old pods that are not available go, and of the others as many as `maxUnavailable` leaves room for. */
function replace(sync: Sync, nodes: readonly OnNode[], maxUnavailable: number): Changes {
  const replaceable: PodProjection[] = [];
  const candidates: PodProjection[] = [];
  let unavailable = 0;
  for (const { fresh, old, hasExcess } of nodes) {
    if (hasExcess || !fresh === !old) unavailable++;
    else if (fresh) {
      if (!isAvailable(sync, fresh)) unavailable++;
    } else if (old && isAvailable(sync, old)) candidates.push(old);
    else if (old) {
      replaceable.push(old);
      unavailable++;
    }
  }
  const room = Math.max(0, maxUnavailable - unavailable);
  return { creates: [], deletes: [...replaceable, ...candidates.slice(0, room)] };
}

/**
 * A new pod is made beside an old one that is not available, and beside as many available ones as `maxSurge` leaves
 * room for; an old one goes when the new one is available. Where no pod should run any more, it goes once as many others
 * are available as there should be.
 */
function surge(sync: Sync, nodes: readonly OnNode[], maxSurge: number, desired: number): Changes {
  const deletes: PodProjection[] = [];
  const misplaced: PodProjection[] = [];
  const creates: string[] = [];
  const candidates: string[] = [];
  let surging = 0;
  let available = 0;
  for (const { node, fresh, old, hasExcess } of nodes) {
    if (hasExcess) {
      surging++;
      continue;
    }
    const counted = old ?? fresh;
    if (counted && isAvailable(sync, counted)) available++;
    if (!old) continue;
    if (fresh) {
      if (isAvailable(sync, fresh)) deletes.push(old);
      else surging++;
      continue;
    }
    const shouldRun = sync.placements.get(node)?.shouldRun ?? false;
    if (isAvailable(sync, old)) {
      if (shouldRun) candidates.push(node);
      else misplaced.push(old);
    } else if (shouldRun) creates.push(node);
    else deletes.push(old);
  }
  deletes.push(...misplaced.slice(0, Math.max(0, available - desired)));
  creates.push(...candidates.slice(0, Math.max(0, maxSurge - surging)));
  return { creates, deletes };
}
