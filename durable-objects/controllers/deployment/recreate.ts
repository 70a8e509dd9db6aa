/** Recreate: the old pods go, all of them, and then the new ones come (upstream `deployment/recreate.go`). */
import type { ReplicaSet } from '../../../kube/types.ts';
import { isPod, isTerminal } from '../common/pods.ts';
import type { View } from '../runtime/view.ts';
import { type Lookup, type Sets, syncRevision } from './revisions.ts';
import { active, type Rollout, totalOf } from './rollout.ts';

/** Answers the sets as they are then; undefined when a name collided. */
export function recreate(rollout: Rollout, sets: readonly ReplicaSet[], view: View, lookup: Lookup): Sets | undefined {
  const found = syncRevision(rollout, sets);
  if (!found) return undefined;
  const running = active(found.oldSets);
  if (running.length > 0) {
    for (const set of running) rollout.scale(set, 0);
    return found;
  }
  if (oldPodsRun(found, view)) return found;
  const complete = found.newSet ? found : syncRevision(rollout, sets, lookup);
  if (complete?.newSet) rollout.scale(complete.newSet, rollout.replicas);
  return complete;
}

function oldPodsRun({ oldSets }: Sets, view: View): boolean {
  if (totalOf(oldSets, 'replicas') > 0) return true;
  return oldSets.some((set) =>
    view.dependents(set.metadata.uid ?? '').some((object) => isPod(object) && !isTerminal(object)),
  );
}
