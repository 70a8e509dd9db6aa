/** Lets pods go that a Job held for counting, once the Job is gone (upstream `syncOrphanPod` of the Job controller). */
import { type Key, parseKey } from '../../kube/machinery/resource.ts';
import { isTracked, JOB_RETRIES, untrack } from './job/pods.ts';
import { defineController, type ObjectChange } from './runtime/controller.ts';
import type { Plan } from './runtime/plan.ts';
import type { Projection } from './runtime/view/projection.ts';
import type { View } from './runtime/view/view.ts';

export const jobOrphanPodController = defineController({
  name: 'job-orphan-pod-controller',
  actsAs: 'job-controller',
  for: 'pods',
  filter: ({ after }) => after !== undefined && isTracked(after),
  watches: [{ resource: 'jobs.batch', map: ofGoneJob }],
  retries: JOB_RETRIES,
  reconcile,
});

function ofGoneJob({ change, before, after }: ObjectChange, view: View): Key[] {
  const uid = (before ?? after)?.uid;
  if (change !== 'delete' || !uid) return [];
  return view.dependents(uid).flatMap(({ resource, key }) => (resource === 'pods' ? [key] : []));
}

function reconcile(key: Key, view: View): Plan {
  const pod = view.projection(key);
  const isOrphan = pod !== undefined && isTracked(pod) && !isHeld(pod, view);
  return { actions: isOrphan ? [untrack(pod)] : [] };
}

/** Another controller's pods, and those of a Job that is there, are held. */
function isHeld({ owner, key }: Projection, view: View): boolean {
  if (!owner) return false;
  if (owner.kind !== 'Job' || owner.apiVersion !== 'batch/v1') return true;
  return view.owner(owner, parseKey(key).namespace) !== undefined;
}
