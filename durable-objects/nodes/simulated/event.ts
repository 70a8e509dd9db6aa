/** An event as kubelet's recorder writes it: core/v1, with source and timestamps. */
import { eventName } from '../../../kube/machinery/event-correlation.ts';
import { fnv1a } from '../../../kube/machinery/fnv.ts';
import { rfc3339 } from '../../../kube/machinery/time.ts';
import type { PodEvent } from '../../../kube/pod-lifecycle/index.ts';
import type { Pod } from '../../../kube/types.ts';

export interface Regarding {
  kind: 'Pod' | 'Node';
  /** The namespace of the event, too. */
  namespace: string;
  name: string;
  uid: string;
  resourceVersion?: string;
}

export function ofPod({ metadata }: Pod): Regarding {
  const { namespace = '', name = '', uid = '', resourceVersion } = metadata;
  return { kind: 'Pod', namespace, name, uid, resourceVersion };
}

/** Kubelets name their node as its uid. */
export function ofNode(name: string): Regarding {
  return { kind: 'Node', namespace: '', name, uid: name };
}

/** `index`: the event's number among those of one moment; `chance` in [0, 1). `once`: its text alone names it. */
export function eventObject(
  { namespace, ...regarding }: Regarding,
  event: PodEvent,
  node: string,
  { now, index, chance, once }: { now: number; index: number; chance: number; once: boolean },
): object {
  const time = rfc3339(now);
  const nanoseconds = BigInt(now) * 1_000_000n + BigInt(Math.floor((index + 1 + chance) * 50_000));
  const number = once ? BigInt(fnv1a(`${regarding.uid} ${event.message}`)) : nanoseconds;
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { namespace: namespace || 'default', name: eventName(regarding.name, number) },
    involvedObject: {
      apiVersion: 'v1',
      ...(namespace ? { namespace } : {}),
      ...regarding,
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
