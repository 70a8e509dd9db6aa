import type { Pod } from '../../../kube/types.ts';
import { now } from '../api/clock.ts';
import { podRestarts } from '../kinds/pod.ts';

/** As kubectl prints them: `3 (2m10s ago)`. */
export function Restarts({ pod }: { pod: Pod }) {
  return <>{podRestarts(pod, now.value)}</>;
}
