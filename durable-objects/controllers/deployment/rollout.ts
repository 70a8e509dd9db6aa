/** A Deployment's settings, read once for a run. */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Deployment } from '../../../kube/types.ts';
import { eventAbout } from '../common/controller-ref.ts';
import { scaledValue } from '../common/values.ts';
import type { EventDecision } from '../runtime/plan.ts';

export const DEPLOYMENTS = 'deployments.apps';

/** The value of limits and deadlines that means none. */
export const NO_LIMIT = 2_147_483_647;

export interface Rollout {
  readonly deployment: Deployment;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly replicas: number;
  readonly isRolling: boolean;
  readonly maxSurge: number;
  readonly maxUnavailable: number;
  /** undefined when there is none. */
  readonly deadlineMs: number | undefined;
}

export function rolloutOf(deployment: Deployment, now: number): Rollout {
  const { replicas = 1, strategy, progressDeadlineSeconds: deadline } = deployment.spec ?? {};
  const isRolling = strategy?.type !== 'Recreate';
  const { surge, unavailable } = fenceposts(deployment, replicas);
  return {
    deployment,
    now,
    replicas,
    isRolling,
    maxSurge: isRolling ? surge : 0,
    maxUnavailable: isRolling ? Math.min(unavailable, replicas) : 0,
    deadlineMs: deadline === undefined || deadline === null || deadline === NO_LIMIT ? undefined : deadline * 1000,
  };
}

/** `ResolveFenceposts`: both rounded, and never both 0. */
function fenceposts({ spec }: Deployment, replicas: number): { surge: number; unavailable: number } {
  const rolling = spec?.strategy?.rollingUpdate;
  const surge = scaledValue(rolling?.maxSurge, replicas, true);
  const unavailable = scaledValue(rolling?.maxUnavailable, replicas, false);
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

export function deploymentEvent(
  { deployment }: Rollout,
  type: EventDecision['type'],
  reason: string,
  message: string,
): EventDecision {
  return eventAbout(deployment as unknown as KubeObject, type, reason, message);
}
