/** The conditions of a Job. */
import { rfc3339 } from '../../../kube/machinery/time.ts';
import type { Job } from '../../../kube/types.ts';

export type JobStatus = NonNullable<Job['status']>;
export type JobCondition = NonNullable<JobStatus['conditions']>[number];
type Type = 'Suspended' | 'FailureTarget' | 'SuccessCriteriaMet' | 'Complete' | 'Failed';

export function newCondition(
  type: Type,
  status: 'True' | 'False',
  reason: string,
  message: string,
  now: number,
): JobCondition {
  const time = rfc3339(now);
  return { type, status, lastProbeTime: time, lastTransitionTime: time, reason, message };
}

export function trueCondition({ status }: Job, type: Type): JobCondition | undefined {
  return status?.conditions?.find((condition) => condition.type === type && condition.status === 'True');
}

export function isFinished(job: Job): boolean {
  return trueCondition(job, 'Complete') !== undefined || trueCondition(job, 'Failed') !== undefined;
}

/** The list with the condition; the same list where it says so already. A first one that is false is not added. */
export function ensured(conditions: readonly JobCondition[], wanted: JobCondition): readonly JobCondition[] {
  const present = conditions.find(({ type }) => type === wanted.type);
  if (!present) return wanted.status === 'False' ? conditions : [...conditions, wanted];
  const { status, reason, message } = wanted;
  if (present.status === status && present.reason === reason && present.message === message) return conditions;
  return conditions.map((condition) => (condition === present ? wanted : condition));
}
