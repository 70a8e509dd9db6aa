/** The times at which autoscalers are looked at, though nothing has changed. */
import { timeOf } from '../../../kube/machinery/time.ts';
import type { Pod } from '../../../kube/types.ts';

/** `--horizontal-pod-autoscaler-sync-period`: no two looks are nearer, and so often what cannot announce itself is asked. */
export const PERIOD_MS = 15_000;
/** The CPU of a pod that becomes ready counts once this has been measured whole, at two ends of a period at most. */
const SETTLING_MS = 2 * PERIOD_MS;
const INITIALIZATION_MS = 300_000;
/** A problem that stands, and whose end would announce itself, is looked at so seldom at last. */
const MAX_BACK_OFF_MS = 300_000;

/** Each look comes after twice the time for which the problem has stood. */
export function backOff(since: number, now: number): number {
  return Math.min(MAX_BACK_OFF_MS, Math.max(PERIOD_MS, now - since));
}

/** Moments at which what pods use begins to count. */
export function momentsOf(pods: readonly Pod[], now: number): number[] {
  return pods
    .map(({ status }) => {
      const ready = status?.conditions?.find(({ type }) => type === 'Ready');
      if (status?.phase !== 'Running' || !ready) return 0;
      if (ready.status === 'True') return timeOf(ready.lastTransitionTime) + SETTLING_MS;
      return timeOf(status.startTime) + INITIALIZATION_MS;
    })
    .filter((moment) => moment > now);
}
