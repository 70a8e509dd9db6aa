/** The scheduler's requests: bindings, events, statuses, deletions. */

import type { Cause } from '../../../../kube/machinery/cause.ts';
import { conditionPatch } from '../../../../kube/machinery/condition-patch.ts';
import { eventName } from '../../../../kube/machinery/event-correlation.ts';
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { microTime, rfc3339 } from '../../../../kube/machinery/time.ts';
import type { Pod } from '../../../../kube/types.ts';
import type { Random, RequestPort } from '../../../controllers/runtime/ports.ts';
import type { Write } from '../../framework/interface.ts';
import { SCHEDULER_NAME } from '../../framework/profile.ts';

const USER = { user: 'system:kube-scheduler', groups: ['system:authenticated'] };

export type Request = Parameters<RequestPort['request']>[0];

export function asScheduler(write: Write, cause: Cause): Request {
  return { ...USER, ...write, cause };
}

function pathOf({ metadata }: Pod): string {
  return `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`;
}

export function bindingOf(pod: Pod, node: string): Write {
  const { namespace = '', name = '', uid } = pod.metadata;
  return {
    method: 'POST',
    path: `${pathOf(pod)}/binding`,
    body: {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { namespace, name, uid },
      target: { apiVersion: 'v1', kind: 'Node', name: node },
    },
  };
}

export interface EventText {
  type: 'Normal' | 'Warning';
  reason: string;
  action: 'Binding' | 'Scheduling' | 'Preempting' | 'Configuring';
  message: string;
}

/** The longest note of an event (`validation.NoteLengthLimit`). */
const MAX_MESSAGE = 1024;

/** The object that an event is about, and the profile that tells of it. */
interface EventOrigin {
  about: KubeObject;
  kind: 'Pod' | 'ConfigMap';
  schedulerName?: string;
}

/** An event of events.k8s.io/v1 in core/v1 form: eventTime, and no first and last timestamps. */
export function eventOf(
  { about, kind, schedulerName = SCHEDULER_NAME }: EventOrigin,
  { type, reason, action, message }: EventText,
  now: number,
  random: Random,
): Write {
  const { namespace = '', name = '', uid, resourceVersion } = about.metadata;
  const nanoseconds = BigInt(now) * 1_000_000n + BigInt(Math.floor(random.next() * 50_000));
  return {
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/events`,
    body: {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { namespace, name: eventName(name, nanoseconds) },
      involvedObject: { apiVersion: 'v1', kind, namespace, name, uid, resourceVersion },
      type,
      reason,
      action,
      message: message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE - 4)} ...` : message,
      eventTime: microTime(now),
      reportingComponent: schedulerName,
      reportingInstance: schedulerName,
      source: {},
    },
  };
}

export interface StatusChange {
  /** The reason why it is not scheduled. */
  condition?: { reason: 'Unschedulable' | 'SchedulerError'; message: string };
  /** '' for none. Left out, it stays as it is. */
  nominatedNodeName?: string;
}

/** The status of a pod that waits; undefined when it says so already. */
export function statusOf(pod: Pod, change: StatusChange, now: number): Write | undefined {
  const { condition, nominatedNodeName } = change;
  const shown = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  const same = shown?.status === 'False' && shown.reason === condition?.reason && shown.message === condition?.message;
  const conditions = condition && !same ? patchOf(pod, 'PodScheduled', 'False', condition, now) : undefined;
  const nominated =
    nominatedNodeName === undefined || nominatedNodeName === (pod.status?.nominatedNodeName ?? '')
      ? {}
      : { nominatedNodeName: nominatedNodeName || null };
  if (!conditions && !('nominatedNodeName' in nominated)) return undefined;
  return statusPatch(pod, { ...conditions, ...nominated });
}

/** Says why a pod is about to be deleted. */
export function disruptionOf(victim: Pod, schedulerName: string, now: number): Write {
  const message = `${schedulerName}: preempting to accommodate a higher priority pod`;
  const condition = { reason: 'PreemptionByScheduler', message };
  return statusPatch(victim, patchOf(victim, 'DisruptionTarget', 'True', condition, now));
}

export function deletionOf(victim: Pod): Write {
  const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid: victim.metadata.uid } };
  return { method: 'DELETE', path: pathOf(victim), body };
}

function statusPatch(pod: Pod, status: object): Write {
  return {
    method: 'PATCH',
    path: `${pathOf(pod)}/status`,
    contentType: 'application/strategic-merge-patch+json',
    body: { metadata: { uid: pod.metadata.uid }, status },
  };
}

function patchOf(
  { metadata, status }: Pod,
  type: string,
  value: 'True' | 'False',
  { reason, message }: { reason: string; message: string },
  now: number,
): object {
  const before = status?.conditions?.find((condition) => condition.type === type);
  return conditionPatch(status?.conditions, {
    type,
    status: value,
    reason,
    message,
    lastProbeTime: null,
    lastTransitionTime: before?.status === value ? before.lastTransitionTime : rfc3339(now),
    ...(metadata.generation ? { observedGeneration: metadata.generation } : {}),
  } as { type: string });
}
