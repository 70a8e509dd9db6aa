/** The requests of a simulated kubelet, as its node's user. */
import type { Cause } from '../../../kube/machinery/cause.ts';
import type { PodEvent } from '../../../kube/pod-lifecycle/index.ts';
import type { Pod, PodStatus } from '../../../kube/types.ts';
import type { Clock, Random, RequestPort } from '../../controllers/runtime/ports.ts';
import { eventObject, ofPod, type Regarding } from './event.ts';

/** The cause of its writes. */
export const SIMULATED_KUBELET = 'simulated-kubelet';

export interface Reporter {
  ports: { request: RequestPort['request']; clock: Clock; random: Random };
  pod: Pod;
  key: string;
  /** The revision of the pod that was looked at. */
  saw: number;
}

/** The status, on condition that the pod is still as it was seen; then the events. */
export async function reportStatus(by: Reporter, status: PodStatus, events: readonly PodEvent[]): Promise<boolean> {
  const answer = await by.ports.request({
    ...as(by),
    method: 'PUT',
    path: `${pathOf(by.pod)}/status`,
    body: { ...by.pod, status },
  });
  if (answer.ok) await reportEvents(by, events);
  return answer.ok;
}

/** Final: with no grace, and only this very pod. */
export async function reportDeletion(by: Reporter, events: readonly PodEvent[]): Promise<boolean> {
  const answer = await by.ports.request({
    ...as(by),
    method: 'DELETE',
    path: pathOf(by.pod),
    body: {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      gracePeriodSeconds: 0,
      preconditions: { uid: by.pod.metadata.uid },
    },
  });
  if (answer.ok) await reportEvents(by, events);
  return answer.ok;
}

/** `once`: an event of the same text about this pod, which an earlier life may have written, stands for it. */
export function reportEvents(by: Reporter, events: readonly PodEvent[], once = false): Promise<void> {
  return recordEvents(by.ports, ofPod(by.pod), events, { node: by.pod.spec?.nodeName ?? '', as: as(by), once });
}

/** An event that cannot be written (its namespace is going, or it is there) is not worth a retry. */
export async function recordEvents(
  { request, clock, random }: Reporter['ports'],
  regarding: Regarding,
  events: readonly PodEvent[],
  { node, as, once = false }: { node: string; as: ReturnType<typeof kubeletOf>; once?: boolean },
): Promise<void> {
  const path = `/api/v1/namespaces/${regarding.namespace || 'default'}/events`;
  const write = (event: PodEvent, index: number): Promise<unknown> => {
    const body = eventObject(regarding, event, node, { now: clock.now(), index, chance: random.next(), once });
    return request({ ...as, method: 'POST', path, body }).catch(() => undefined);
  };
  await Promise.all(events.map(write));
}

function as({ ports, pod, key, saw }: Reporter): ReturnType<typeof kubeletOf> {
  return kubeletOf(pod.spec?.nodeName ?? '', {
    kind: 'controller',
    at: ports.clock.now(),
    name: SIMULATED_KUBELET,
    key,
    saw,
  });
}

export function kubeletOf(node: string, cause: Cause): { user: string; groups: string[]; cause: Cause } {
  return { user: `system:node:${node}`, groups: ['system:nodes', 'system:authenticated'], cause };
}

function pathOf({ metadata }: Pod): string {
  return `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`;
}
