/** An event as kubelet's recorder writes it: core/v1, with source and timestamps. */
import { eventName } from '../../../kube/machinery/event-correlation.ts';
import { rfc3339 } from '../../../kube/machinery/time.ts';
import type { PodEvent } from '../../../kube/pod-lifecycle/index.ts';
import type { Pod } from '../../../kube/types.ts';

/** `index`: the event's number among those of one moment; `chance` in [0, 1). */
export function eventObject(
  pod: Pod,
  event: PodEvent,
  node: string,
  { now, index, chance }: { now: number; index: number; chance: number },
): object {
  const { namespace, name = '', uid, resourceVersion } = pod.metadata;
  const time = rfc3339(now);
  const nanoseconds = BigInt(now) * 1_000_000n + BigInt(Math.floor((index + 1 + chance) * 50_000));
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { namespace, name: eventName(name, nanoseconds) },
    involvedObject: {
      apiVersion: 'v1',
      kind: 'Pod',
      namespace,
      name,
      uid,
      resourceVersion,
      ...(event.fieldPath ? { fieldPath: event.fieldPath } : {}),
    },
    type: event.type,
    reason: event.reason,
    message: event.message,
    source: { component: 'kubelet', host: node },
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
    reportingComponent: 'kubelet',
    reportingInstance: node,
  };
}
