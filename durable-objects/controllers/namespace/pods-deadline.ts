/** How long pods may take to end (upstream `namespace/deletion`, estimateGracefulTermination). */
import { timeOf } from '../../../kube/machinery/time.ts';
import type { Namespace, Pod } from '../../../kube/types.ts';
import type { View } from '../runtime/view/view.ts';

/** Milliseconds since the epoch: the namespace's deletion, and the longest grace period of a pod that has not ended. */
export function podsDeadline({ metadata }: Namespace, view: View): number {
  let longest = 0;
  for (const { spec, status } of view.list<Pod>('pods', metadata.name)) {
    if (status?.phase === 'Succeeded' || status?.phase === 'Failed') continue;
    longest = Math.max(longest, spec?.terminationGracePeriodSeconds ?? 0);
  }
  return timeOf(metadata.deletionTimestamp) + longest * 1000;
}
