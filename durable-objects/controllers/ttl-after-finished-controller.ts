/** ttl-after-finished-controller (upstream `pkg/controller/ttlafterfinished`): Jobs go some time after their end. */
import { type Key, parseKey } from '../../kube/machinery/resource.ts';
import { measure } from '../../kube/metrics/registry.ts';
import type { Job } from '../../kube/types.ts';
import { trueCondition } from './job/conditions.ts';
import { defineController } from './runtime/controller.ts';
import type { Plan } from './runtime/plan.ts';
import type { View } from './runtime/view/view.ts';

const JOBS = 'jobs.batch';

export const ttlAfterFinishedController = defineController({
  name: 'ttl-after-finished-controller',
  for: JOBS,
  reconcile,
});

function reconcile(key: Key, view: View, now: number): Plan {
  const { namespace, name } = parseKey(key);
  const job = view.get<Job>(JOBS, namespace, name);
  const ttl = job?.spec?.ttlSecondsAfterFinished;
  if (!job || ttl === undefined || ttl === null || job.metadata.deletionTimestamp) return { actions: [] };
  const finished = (trueCondition(job, 'Complete') ?? trueCondition(job, 'Failed'))?.lastTransitionTime;
  if (!finished) return { actions: [] };
  const left = Date.parse(finished) + ttl * 1000 - now;
  if (left > 0) return { actions: [], requeueAfter: left };
  const target = { resource: JOBS, namespace, name, uid: job.metadata.uid };
  const done = [measure('ttl_after_finished_controller_job_deletion_duration_seconds', Math.abs(left) / 1000)];
  return { actions: [{ do: 'delete', target, propagationPolicy: 'Foreground', metrics: { done } }] };
}
