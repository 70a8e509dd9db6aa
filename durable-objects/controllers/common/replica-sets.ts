/** The view's facts about ReplicaSets. */
import { defineIndex, labelsOf } from '../runtime/view/projection.ts';

export const replicaSetLabels = labelsOf('replicasets.apps');

/** ReplicaSets without a controller by namespace: candidates for adoption. */
export const orphanSets = defineIndex({
  name: 'orphan ReplicaSets',
  resource: 'replicasets.apps',
  values: ({ owner, namespace }) => (owner ? [] : [namespace]),
});
