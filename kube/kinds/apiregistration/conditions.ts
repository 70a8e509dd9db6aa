/** The condition `Available` (kube-aggregator `pkg/apis/apiregistration/helpers.go`). */
import type { APIService } from '../../types.ts';

export type Status = NonNullable<APIService['status']>;
export type Condition = NonNullable<Status['conditions']>[number];

export const AVAILABLE = 'Available';

/** Whether the API server itself, and no Service, answers for the group version. */
export function isServedHere({ spec }: Pick<APIService, 'spec'>): boolean {
  return !spec?.service;
}

/** `now` is RFC 3339. */
export function localCondition(now: string): Condition {
  return availability('True', 'Local', 'Local APIServices are always available', now);
}

export function availability(status: 'True' | 'False' | 'Unknown', reason: string, message: string, now: string) {
  return { type: AVAILABLE, status, lastTransitionTime: now, reason, message } as unknown as Condition;
}

export function availableCondition({ status }: Pick<APIService, 'status'>): Condition | undefined {
  return status?.conditions?.find(({ type }) => type === AVAILABLE);
}

/** `SetAPIServiceCondition`: the time of a transition is kept where the status stays the same. */
export function withCondition(status: Status | undefined, condition: Condition): Status {
  const conditions = status?.conditions ?? [];
  const at = conditions.findIndex(({ type }) => type === condition.type);
  if (at < 0) return { ...status, conditions: [...conditions, condition] };
  const before = conditions[at] as Condition;
  const isSame = before.status === condition.status;
  const lastTransitionTime = isSame ? before.lastTransitionTime : condition.lastTransitionTime;
  return { ...status, conditions: conditions.with(at, { ...condition, lastTransitionTime }) };
}
