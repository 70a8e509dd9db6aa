/** ControllerRevisions: the templates that a workload has had (upstream `pkg/controller/history`). */
import type { ControllerRevision } from '../../../kube/types.ts';
import { defineIndex, labelsOf } from '../runtime/view/projection.ts';

export const REVISIONS = 'controllerrevisions.apps';
/** The label by which a pod, and the revision itself, name a revision. */
export const REVISION_HASH = 'controller-revision-hash';

export const revisionLabels = labelsOf(REVISIONS);

/** Revisions without a controller by namespace: candidates for adoption. */
export const orphanRevisions = defineIndex({
  name: 'orphan ControllerRevisions',
  resource: REVISIONS,
  values: ({ owner, namespace }) => (owner ? [] : [namespace]),
});

/** The oldest first. */
export function byRevision(a: ControllerRevision, b: ControllerRevision): number {
  return (a.revision ?? 0) - (b.revision ?? 0);
}
