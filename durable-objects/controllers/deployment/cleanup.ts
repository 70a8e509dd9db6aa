/** Old ReplicaSets beyond `revisionHistoryLimit` go (upstream `cleanupDeployment`). */
import type { ReplicaSet } from '../../../kube/types.ts';
import { NO_LIMIT, SETS } from './constants.ts';
import { revisionOf } from './revisions.ts';
import { byAge, type Rollout, sizeOf } from './rollout.ts';

export function cleanUpHistory(rollout: Rollout, oldSets: readonly ReplicaSet[]): void {
  const limit = rollout.deployment.spec?.revisionHistoryLimit;
  if (limit === undefined || limit === null || limit === NO_LIMIT) return;
  const alive = oldSets.filter((set) => !set.metadata.deletionTimestamp);
  const oldest = alive.sort((a, b) => Number(revisionOf(a) - revisionOf(b)) || byAge(a, b));
  for (const set of oldest.slice(0, Math.max(0, alive.length - limit))) {
    const { namespace = '', name = '', uid, resourceVersion, generation = 0 } = set.metadata;
    if ((set.status?.replicas ?? 0) !== 0 || sizeOf(set) !== 0) continue;
    if (generation > (set.status?.observedGeneration ?? 0)) continue;
    rollout.actions.push({
      do: 'delete',
      target: { resource: SETS, namespace, name, uid, resourceVersion },
      propagationPolicy: 'Background',
    });
  }
}
