/** Conditions of a definition (apiextensions `pkg/apihelpers/helpers.go` SetCRDCondition). */
import type { DefinitionCondition, DefinitionStatus } from './types.ts';

export type NewCondition = Omit<DefinitionCondition, 'lastTransitionTime'>;

/** The condition stays in its place; its time moves with the status alone. `now` is RFC 3339. */
export function withCondition(
  status: DefinitionStatus | undefined,
  condition: NewCondition,
  now: string,
): DefinitionStatus {
  const conditions = status?.conditions ?? [];
  const present = conditions.find(({ type }) => type === condition.type);
  const isMoved = !present || present.status !== condition.status || !present.lastTransitionTime;
  const lastTransitionTime = isMoved ? now : present.lastTransitionTime;
  const { type, status: value, reason, message } = condition;
  const next = { type, status: value, lastTransitionTime, reason, message };
  return {
    ...status,
    conditions: present
      ? conditions.map((each) => (each === present ? { ...present, ...next } : each))
      : [...conditions, next],
  };
}
