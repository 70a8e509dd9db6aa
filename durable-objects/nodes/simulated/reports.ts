/** The requests of a simulated kubelet, as its node's user. */
import type { Cause } from '../../../kube/machinery/cause.ts';
import type { PodEvent } from '../../../kube/pod-lifecycle/index.ts';
import type { Pod, PodStatus } from '../../../kube/types.ts';
import type { Clock, Random, RequestPort } from '../../controllers/runtime/ports.ts';
import { eventObject } from './event.ts';

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
export async function reportEvents(by: Reporter, events: readonly PodEvent[], once = false): Promise<void> {
  const { request, clock, random } = by.ports;
  const path = `/api/v1/namespaces/${by.pod.metadata.namespace}/events`;
  const node = by.pod.spec?.nodeName ?? '';
  const write = (event: PodEvent, index: number): Promise<unknown> => {
    const body = eventObject(by.pod, event, node, { now: clock.now(), index, chance: random.next(), once });
    // An event that cannot be written (its namespace is going, or it is there) is not worth a retry.
    return request({ ...as(by), method: 'POST', path, body }).catch(() => undefined);
  };
  await Promise.all(events.map(write));
}

function as({ ports, pod, key, saw }: Reporter): { user: string; groups: string[]; cause: Cause } {
  return {
    user: `system:node:${pod.spec?.nodeName}`,
    groups: ['system:nodes', 'system:authenticated'],
    cause: { kind: 'controller', at: ports.clock.now(), name: SIMULATED_KUBELET, key, saw },
  };
}

function pathOf({ metadata }: Pod): string {
  return `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`;
}
