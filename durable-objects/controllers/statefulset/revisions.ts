/** The present revision of a StatefulSet and the one that it is updated to (upstream `getStatefulSetRevisions`). */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { ControllerRevision, StatefulSet } from '../../../kube/types.ts';
import {
  byRevision,
  createRevision,
  deleteRevision,
  isRevisionOf,
  newRevision,
  OWN_HASH,
  REVISIONS,
  updateRevision,
} from '../common/controller-revisions.ts';
import type { PodProjection } from '../common/pods.ts';
import { templateHash } from '../common/template-hash.ts';
import type { Action } from '../runtime/plan.ts';
import type { View } from '../runtime/view/view.ts';
import { revisionOf } from './pod.ts';

export interface Revisions {
  /** The revision that the set's pods were last all of. */
  current: ControllerRevision;
  /** The revision of the set's template. */
  update: ControllerRevision;
  collisionCount: number;
  /** Makes or renumbers the update's revision. */
  actions: Action[];
}

/** `revisions` are the set's own. */
export function revisionsOf(set: StatefulSet, revisions: readonly ControllerRevision[], view: View): Revisions {
  const sorted = [...revisions].sort(byRevision);
  const found = updateOf(set, sorted, view);
  const current = sorted.find(({ metadata }) => metadata.name === set.status?.currentRevision);
  return { ...found, current: current ?? found.update };
}

function updateOf(set: StatefulSet, sorted: readonly ControllerRevision[], view: View): Omit<Revisions, 'current'> {
  const { template } = set.spec ?? {};
  const { namespace = '' } = set.metadata;
  const next = (sorted.at(-1)?.revision ?? 0) + 1;
  let collisionCount = set.status?.collisionCount ?? 0;
  const last = sorted.at(-1);
  if (last && isRevisionOf(template, last)) return { update: last, collisionCount, actions: [] };
  const equal = sorted.filter((revision) => isRevisionOf(template, revision)).at(-1);
  if (equal) {
    const update = { ...equal, revision: next };
    return { update, collisionCount, actions: [updateRevision(update)] };
  }
  // A name that another template has is a collision, which is counted and makes another name.
  for (;;) {
    const hash = templateHash(template, collisionCount);
    const made = newRevision(set as unknown as KubeObject, template, [OWN_HASH, hash], next);
    const present = view.get<ControllerRevision>(REVISIONS, namespace, made.metadata.name ?? '');
    if (!present) return { update: made, collisionCount, actions: [createRevision(made)] };
    if (isRevisionOf(template, present)) return { update: present, collisionCount, actions: [] };
    collisionCount++;
  }
}

/** Revisions that no pod is of, beyond the limit, go, the oldest first (`truncateHistory`). */
export function truncated(
  { spec }: StatefulSet,
  revisions: readonly ControllerRevision[],
  { current, update }: Revisions,
  pods: readonly PodProjection[],
): Action[] {
  const live = new Set([current.metadata.name, update.metadata.name, ...pods.map(revisionOf)]);
  const history = [...revisions].sort(byRevision).filter(({ metadata }) => !live.has(metadata.name));
  const limit = spec?.revisionHistoryLimit ?? 10;
  if (limit < 0 || history.length <= limit) return [];
  return history.slice(0, history.length - limit).map(deleteRevision);
}
