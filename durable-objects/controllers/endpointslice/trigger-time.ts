/**
 * The annotation of the change that led to the newest state of endpoints (endpointslice
 * `util/trigger_time_tracker.go`). Upstream remembers the times of the last run; here the endpoints as they are tell
 * which pods have changed since.
 */
import { rfc3339 } from '../../../kube/machinery/time.ts';
import type { Service } from '../../../kube/types.ts';
import type { PodProjection } from '../common/pods.ts';

export const TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time';

/**
 * `pods` are those in the endpoints from now on. `known`: the readiness of pods in the endpoints, by uid (undefined where
 * it does not show); undefined when there are none of this Service. Answers undefined when no change of a pod's readiness
 * led here.
 */
export function triggerTime(
  service: Service,
  pods: Iterable<PodProjection>,
  known: ReadonlyMap<string, boolean | undefined> | undefined,
): string | undefined {
  if (!known) return service.metadata.creationTimestamp as unknown as string | undefined;
  let earliest: number | undefined;
  for (const { uid, pod } of pods) {
    if (pod.readySince === 0 || (known.has(uid) && (known.get(uid) ?? pod.ready) === pod.ready)) continue;
    earliest = Math.min(earliest ?? pod.readySince, pod.readySince);
  }
  return earliest === undefined ? undefined : rfc3339(earliest);
}

/** The annotations with that one set, or taken out. */
export function withTriggerTime(
  annotations: Readonly<Record<string, string>> | undefined,
  time: string | undefined,
): Record<string, string> {
  const { [TRIGGER_TIME]: _, ...others } = annotations ?? {};
  return time === undefined ? others : { ...others, [TRIGGER_TIME]: time };
}
