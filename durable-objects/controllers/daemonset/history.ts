/** The revisions of a DaemonSet's template (upstream `pkg/controller/daemon/update.go`). */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { ControllerRevision, DaemonSet } from '../../../kube/types.ts';
import {
  byRevision,
  createRevision,
  deleteRevision,
  hashOf,
  isRevisionOf,
  newRevision,
  REVISION_HASH,
  REVISIONS,
  updateRevision,
} from '../common/controller-revisions.ts';
import type { PodProjection } from '../common/pods.ts';
import { templateHash } from '../common/template-hash.ts';
import type { Action } from '../runtime/plan.ts';
import type { View } from '../runtime/view/view.ts';

export interface History {
  /** The hash of the present template's revision. */
  hash: string;
  /** The revisions of other templates. */
  old: readonly ControllerRevision[];
  /** Makes or renumbers the present revision. */
  actions: Action[];
}

/** Actions that come first: the next run carries on from what they make. */
export interface Unsettled {
  first: Action[];
}

/** `revisions` are the DaemonSet's own, and `pods` too. */
export function historyOf(
  daemonSet: DaemonSet,
  revisions: readonly ControllerRevision[],
  pods: readonly PodProjection[],
  view: View,
): History | Unsettled {
  const unnamed = revisions.filter(({ metadata }) => metadata.labels?.[REVISION_HASH] === undefined);
  if (unnamed.length > 0) return { first: unnamed.map((revision) => updateRevision(named(revision))) };
  const present = revisions.filter((revision) => isOf(daemonSet, revision));
  const old = revisions.filter((revision) => !present.includes(revision));
  const number = Math.max(0, ...old.map(({ revision }) => revision ?? 0)) + 1;
  const current = [...present].sort(byRevision).at(-1);
  if (!current) return withNew(daemonSet, old, number, view);
  if (present.length > 1) return { first: deduplicated(current, present, pods) };
  const actions = (current.revision ?? 0) < number ? [updateRevision({ ...current, revision: number })] : [];
  return { hash: hashOf(current), old, actions };
}

/** Old revisions beyond the limit go, the oldest first, but for those that pods still are of. */
export function cleanUp(
  { spec }: DaemonSet,
  old: readonly ControllerRevision[],
  pods: readonly PodProjection[],
): Action[] {
  const excess = old.length - (spec?.revisionHistoryLimit ?? 10);
  if (excess <= 0) return [];
  const live = new Set(pods.map(({ labels }) => labels[REVISION_HASH]));
  return [...old]
    .sort(byRevision)
    .filter((revision) => !live.has(hashOf(revision)))
    .slice(0, excess)
    .map(deleteRevision);
}

function withNew(
  daemonSet: DaemonSet,
  old: readonly ControllerRevision[],
  revision: number,
  view: View,
): History | Unsettled {
  const template = daemonSet.spec?.template;
  const { collisionCount } = daemonSet.status ?? {};
  const hash = templateHash(template, collisionCount ?? undefined);
  const made = newRevision(daemonSet as unknown as KubeObject, template, [REVISION_HASH, hash], revision);
  const { namespace = '', name = '' } = made.metadata;
  const present = view.get<ControllerRevision>(REVISIONS, namespace, name);
  if (!present) return { hash, old, actions: [createRevision(made)] };
  if (isOf(daemonSet, present)) return { hash: hashOf(present), old, actions: [] };
  // Another template has the name: the collision is counted, which makes another hash in the next run.
  const status = { ...daemonSet.status, collisionCount: (collisionCount ?? 0) + 1 };
  const object = { ...daemonSet, status } as unknown as KubeObject;
  return { first: [{ do: 'update-status', resource: 'daemonsets.apps', object }] };
}

/** The pods of all of them are of the one that is kept, and the others go. */
function deduplicated(
  kept: ControllerRevision,
  present: readonly ControllerRevision[],
  pods: readonly PodProjection[],
): Action[] {
  const labels = { [REVISION_HASH]: hashOf(kept) };
  const relabelled = pods
    .filter((pod) => pod.labels[REVISION_HASH] !== labels[REVISION_HASH])
    .map(
      ({ namespace, name, uid }): Action => ({
        do: 'patch',
        target: { resource: 'pods', namespace, name, uid },
        patch: { metadata: { labels } },
      }),
    );
  return [...relabelled, ...present.filter((revision) => revision !== kept).map(deleteRevision)];
}

function isOf({ spec }: DaemonSet, revision: ControllerRevision): boolean {
  return isRevisionOf(spec?.template, revision);
}

function named(revision: ControllerRevision): ControllerRevision {
  const { metadata } = revision;
  const labels = { ...metadata.labels, [REVISION_HASH]: metadata.name ?? '' };
  return { ...revision, metadata: { ...metadata, labels } };
}
