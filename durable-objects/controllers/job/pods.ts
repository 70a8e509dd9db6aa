/** The view's facts about the pods of Jobs, and questions about them. */
import { timeOf } from '../../../kube/machinery/time.ts';
import type { ContainerStatus, Job, Pod } from '../../../kube/types.ts';
import type { PodProjection } from '../common/pods.ts';
import type { Action } from '../runtime/plan.ts';
import { defineProjection, type Projection } from '../runtime/view/projection.ts';

/** Holds a pod until its end is counted. */
export const TRACKING = 'batch.kubernetes.io/job-tracking';
export const COMPLETION_INDEX = 'batch.kubernetes.io/job-completion-index';
export const FAILURE_COUNT = 'batch.kubernetes.io/job-index-failure-count';
export const IGNORED_FAILURE_COUNT = 'batch.kubernetes.io/job-index-ignored-failure-count';

/** upstream's DefaultJobApiBackOff and MaxJobApiBackOff, in milliseconds */
export const JOB_RETRIES = { first: 1000, longest: 60_000 };

export interface JobPodFacts {
  /** Its completion index; undefined where it has none. */
  index?: number;
  /** The pods of its index that failed before it, those that count and those that a policy ignores. */
  failures: number;
  ignoredFailures: number;
  /** The restarts of all its containers. */
  restarts: number;
  /** When it ended, or when its end began, in milliseconds since the epoch. */
  finished: number;
}

export type JobPod = PodProjection & { readonly job: JobPodFacts };

/** Of the pods that Jobs control alone. */
export const jobPodFacts = defineProjection<JobPodFacts>({
  field: 'job',
  resource: 'pods',
  compute(object) {
    const pod = object as unknown as Pod;
    const owner = pod.metadata.ownerReferences?.find(({ controller }) => controller);
    return owner?.kind === 'Job' ? factsOf(pod) : undefined;
  },
});

export function isJobPod(projection: Projection): projection is JobPod {
  return jobPodFacts.of(projection) !== undefined;
}

export function isTracked({ finalizers }: Projection): boolean {
  return finalizers.includes(TRACKING);
}

/** Pods are made again once they have failed, and not as soon as they are being deleted. */
export function replacesOnlyFailed({ spec }: Job): boolean {
  return spec?.podReplacementPolicy === 'Failed' || spec?.podFailurePolicy !== undefined;
}

/** A pod that is being deleted counts as failed, unless the Job waits for its end. */
export function isFailed(job: Job, { pod, deleting }: PodProjection): boolean {
  if (pod.phase === 'Failed') return true;
  return !replacesOnlyFailed(job) && deleting && pod.phase !== 'Succeeded';
}

export function untrack({ namespace, name, uid }: Projection): Action {
  return {
    do: 'patch',
    type: 'strategic',
    target: { resource: 'pods', namespace, name, uid },
    patch: { metadata: { '$deleteFromPrimitiveList/finalizers': [TRACKING] } },
  };
}

function factsOf(pod: Pod): JobPodFacts {
  const { annotations } = pod.metadata;
  const index = /^\+?\d+$/.test(annotations?.[COMPLETION_INDEX] ?? '')
    ? Number(annotations?.[COMPLETION_INDEX])
    : undefined;
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  return {
    ...(index === undefined ? {} : { index }),
    failures: countIn(annotations?.[FAILURE_COUNT]),
    ignoredFailures: countIn(annotations?.[IGNORED_FAILURE_COUNT]),
    restarts: statuses.reduce((sum, { restartCount }) => sum + restartCount, 0),
    finished: finishedAt(pod),
  };
}

/** A number that is none, or no int32, counts as 0. */
function countIn(text: string | undefined): number {
  const count = /^\+?\d+$/.test(text ?? '') ? Number(text) : 0;
  return count < 2 ** 31 ? count : 0;
}

/** `getFinishedTime` of upstream's `job/backoff_utils.go` */
function finishedAt({ metadata, spec, status }: Pod): number {
  const sidecars = new Set(
    (spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always').map(({ name }) => name),
  );
  const containers = latestEnd([
    ...(status?.containerStatuses ?? []),
    ...(status?.initContainerStatuses ?? []).filter(({ name }) => sidecars.has(name)),
  ]);
  if (containers !== undefined) return containers;
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  if (ready?.status === 'False' && ready.lastTransitionTime) return timeOf(ready.lastTransitionTime);
  if (metadata.deletionTimestamp) {
    return timeOf(metadata.deletionTimestamp) - Number(metadata.deletionGracePeriodSeconds ?? 0) * 1000;
  }
  return timeOf(metadata.creationTimestamp);
}

/** undefined unless all have ended. */
function latestEnd(statuses: readonly ContainerStatus[]): number | undefined {
  let latest: number | undefined;
  for (const { state } of statuses) {
    const end = state?.terminated?.finishedAt;
    if (!end) return undefined;
    latest = Math.max(latest ?? 0, timeOf(end));
  }
  return latest;
}
