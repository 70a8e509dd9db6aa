/** An event as kubelet's recorder writes it: core/v1, with source and timestamps. */
import { type PodEvent, timeText } from '../../../kube/pod-lifecycle/index.ts';
import type { Pod } from '../../../kube/types.ts';

export function eventObject(pod: Pod, event: PodEvent, node: string, now: number, uuid: string): object {
  const { namespace, name, uid, resourceVersion } = pod.metadata;
  const time = timeText(now);
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { namespace, name: `${name}.${uuid.replaceAll('-', '').slice(0, 16)}` },
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
