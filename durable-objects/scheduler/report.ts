/** The requests by which the scheduler acts: a binding, an event, a condition. */
import type { Cause } from '../../kube/machinery/cause.ts';
import { microTime, rfc3339 } from '../../kube/machinery/time.ts';
import type { Pod } from '../../kube/types.ts';
import type { Random, RequestPort } from '../controllers/runtime/ports.ts';
import { SCHEDULER_NAME } from './ledger.ts';

const USER = { user: 'system:kube-scheduler', groups: ['system:authenticated'] };

type Request = Parameters<RequestPort['request']>[0];

export function bindingRequest(pod: Pod, node: string, cause: Cause): Request {
  const { namespace = '', name = '', uid } = pod.metadata;
  return {
    ...USER,
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/pods/${name}/binding`,
    body: {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { namespace, name, uid },
      target: { apiVersion: 'v1', kind: 'Node', name: node },
    },
    cause,
  };
}

export interface Said {
  type: 'Normal' | 'Warning';
  reason: 'Scheduled' | 'FailedScheduling';
  action: 'Binding' | 'Scheduling';
  message: string;
}

/** An event of events.k8s.io/v1 in core/v1 form: eventTime, and no first and last timestamps. */
export function eventRequest(pod: Pod, said: Said, now: number, random: Random, cause: Cause): Request {
  const { namespace = '', name = '', uid } = pod.metadata;
  return {
    ...USER,
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/events`,
    body: {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { namespace, name: `${name}.${nanoseconds(now, random)}` },
      involvedObject: {
        apiVersion: 'v1',
        kind: 'Pod',
        namespace,
        name,
        uid,
        resourceVersion: pod.metadata.resourceVersion,
      },
      type: said.type,
      reason: said.reason,
      action: said.action,
      message: said.message,
      eventTime: microTime(now),
      reportingComponent: SCHEDULER_NAME,
      reportingInstance: SCHEDULER_NAME,
      source: {},
    },
    cause,
  };
}

/** Nanoseconds in hexadecimal, as upstream names events: so they are listed in the order they happened. */
function nanoseconds(now: number, random: Random): string {
  return (BigInt(now) * 1_000_000n + BigInt(Math.floor(random.next() * 50_000))).toString(16);
}

/** PodScheduled=False, with the reason for it. */
export function conditionRequest(pod: Pod, message: string, now: number, cause: Cause): Request {
  const { namespace = '', name = '', uid, generation } = pod.metadata;
  const before = pod.status?.conditions?.find((condition) => condition.type === 'PodScheduled');
  const since = before?.status === 'False' ? before.lastTransitionTime : undefined;
  return {
    ...USER,
    method: 'PATCH',
    path: `/api/v1/namespaces/${namespace}/pods/${name}/status`,
    contentType: 'application/strategic-merge-patch+json',
    body: {
      metadata: { uid },
      status: {
        conditions: [
          {
            type: 'PodScheduled',
            status: 'False',
            reason: 'Unschedulable',
            message,
            lastProbeTime: null,
            lastTransitionTime: since ?? rfc3339(now),
            ...(generation ? { observedGeneration: generation } : {}),
          },
        ],
      },
    },
    cause,
  };
}
