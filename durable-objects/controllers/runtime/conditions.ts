/** Lists of conditions in `status`. */
export interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
  lastUpdateTime?: string;
}

export function findCondition<C extends Condition>(conditions: readonly C[] | undefined, type: string): C | undefined {
  return conditions?.find((condition) => condition.type === type);
}

export function withoutCondition<C extends Condition>(conditions: readonly C[], type: string): C[] {
  return conditions.filter((condition) => condition.type !== type);
}

/** Nothing changes when status and reason are the same; the transition time only moves with the status. */
export function withCondition<C extends Condition>(conditions: readonly C[], condition: C): C[] {
  const present = findCondition(conditions, condition.type);
  if (present?.status === condition.status && present.reason === condition.reason) return [...conditions];
  const next = { ...condition };
  if (present?.status === condition.status) next.lastTransitionTime = present.lastTransitionTime;
  return [...withoutCondition(conditions, condition.type), next];
}
