/** One log entry in a few words. */

import type { Cause } from '../../kube/machinery/cause.ts';
import { isObject } from '../../kube/machinery/json-object.ts';
import type { KubeObject } from '../../kube/machinery/object.ts';
import type { ContainerStatus } from '../../kube/types.ts';
import type { StepActor, StepRequest } from '../../wire/trace.ts';
import { type What, whatText } from '../../wire/what.ts';

interface Condition {
  type: string;
  status: string;
  reason?: string;
}

type Fields = Record<string, unknown>;

/** The author of a write. */
export function whoOf(cause: Cause): string {
  if (cause.kind === 'controller') return cause.name;
  if (cause.kind === 'system') return `islet (${cause.why})`;
  if (cause.user.startsWith('system:node:')) return `kubelet ${cause.user.slice('system:node:'.length)}`;
  const account = /^system:serviceaccount:([^:]+):(.+)$/.exec(cause.user);
  const user = account ? `${account[1]}/${account[2]}` : cause.user;
  const tool = (cause.agent ?? cause.manager)?.split('/')[0];
  return tool ? `${user} (${tool})` : user;
}

/** Whether a person made the request: no part of the cluster. */
export function isByPerson(cause: Cause): boolean {
  return cause.kind === 'request' && !cause.user.startsWith('system:');
}

/** The part of the cluster that made the write, or that it is none. */
export function actorOf(cause: Cause): StepActor {
  if (cause.kind === 'system') return 'system';
  if (cause.kind === 'request') {
    if (cause.user.startsWith('system:node:')) return 'node';
    return isByPerson(cause) ? 'person' : 'client';
  }
  return CONTROLLERS[cause.name] ?? 'controller';
}

const CONTROLLERS: Readonly<Record<string, StepActor>> = { scheduler: 'scheduler', 'simulated-kubelet': 'node' };

/** The request's way through the API server, as far as the log knows it. */
export function requestOf(cause: Cause): StepRequest | undefined {
  // Nodes write often, and always by the same way.
  if (cause.kind !== 'request' || actorOf(cause) === 'node') return undefined;
  const { kind: _, at: _at, beside: _beside, annotations: _annotations, changed: _changed, ...request } = cause;
  return request;
}

/** In English. */
export function whatOf(...of: Parameters<typeof partsOf>): string {
  return whatText(partsOf(...of));
}

/** `before` is undefined for a create, and where the log no longer holds it. */
export function partsOf(
  change: 'create' | 'update' | 'delete',
  object: KubeObject,
  before: KubeObject | undefined,
): What[] {
  if (change === 'delete') return [{ code: 'deleted' }];
  if (change === 'create') {
    const replicas = spec(object).replicas;
    return [typeof replicas === 'number' ? { code: 'createdWith', count: replicas } : { code: 'created' }];
  }
  if (!before) return [{ code: 'changed' }];
  const parts = [...lifeChanges(object, before), ...specChanges(object, before), ...statusChanges(object, before)];
  return parts.length > 0 ? parts : [{ code: 'fields', names: changedFields(object, before) }];
}

function lifeChanges(object: KubeObject, before: KubeObject): What[] {
  const { metadata } = object;
  const parts: What[] = [];
  if (metadata.deletionTimestamp && !before.metadata.deletionTimestamp) {
    const grace = metadata.deletionGracePeriodSeconds;
    parts.push(grace ? { code: 'stopping', seconds: grace } : { code: 'deleting' });
  }
  const revision = 'deployment.kubernetes.io/revision';
  const now = metadata.annotations?.[revision];
  if (now !== undefined && now !== before.metadata.annotations?.[revision])
    parts.push({ code: 'rollout', revision: now });
  return parts;
}

function specChanges(object: KubeObject, before: KubeObject): What[] {
  const [now, old] = [spec(object), spec(before)];
  const parts: What[] = [];
  if (now.nodeName !== old.nodeName && typeof now.nodeName === 'string') {
    parts.push({ code: 'bound', node: now.nodeName });
  }
  if (now.replicas !== old.replicas && typeof now.replicas === 'number') {
    parts.push({ code: 'scaled', from: Number(old.replicas ?? 1), to: now.replicas });
  }
  if (now.paused !== old.paused) parts.push({ code: now.paused ? 'paused' : 'resumed' });
  if (differ(now.template, old.template)) parts.push({ code: 'template', images: images(now.template) });
  return parts;
}

function statusChanges(object: KubeObject, before: KubeObject): What[] {
  const [now, old] = [status(object), status(before)];
  const parts: What[] = [];
  if (now.phase !== old.phase && typeof now.phase === 'string') {
    parts.push({ code: 'phase', ...(old.phase ? { from: String(old.phase) } : {}), to: now.phase });
  }
  if (object.kind === 'Pod') parts.push(...containerChanges(now, old));
  if (object.kind === 'Pod' || object.kind === 'Node') {
    const [ready, was] = [condition(now, 'Ready'), condition(old, 'Ready')];
    if (ready && ready.status !== was?.status) parts.push({ code: ready.status === 'True' ? 'ready' : 'notReady' });
    const scheduled = condition(now, 'PodScheduled');
    if (scheduled?.status === 'False' && condition(old, 'PodScheduled')?.status !== 'False')
      parts.push({ code: 'notSchedulable' });
  } else if (
    differ({ ...now, conditions: 0 }, { ...old, conditions: 0 }) &&
    typeof spec(object).replicas === 'number'
  ) {
    parts.push({
      code: 'replicas',
      ready: Number(now.readyReplicas ?? 0),
      wanted: Number(spec(object).replicas),
    });
  }
  const progress = condition(now, 'Progressing');
  if (progress?.reason && progress.reason !== condition(old, 'Progressing')?.reason) {
    parts.push({ code: 'progress', reason: progress.reason });
  }
  return parts;
}

/** Reasons for which each container waits for a moment. */
const STARTING = ['', 'ContainerCreating', 'PodInitializing'];

/** Containers that wait for a reason of their own, end, or run where the pod's phase does not tell it. */
function containerChanges(now: Fields, old: Fields): What[] {
  const before = new Map(containers(old).map((one) => [one.name, stateOf(one)]));
  return containers(now).flatMap((container): What[] => {
    const { state, reason } = stateOf(container);
    const was = before.get(container.name);
    if (was?.state === state && was.reason === reason) return [];
    if (state === 'waiting' && STARTING.includes(reason)) return [];
    if (state === 'running' && now.phase !== old.phase) return [];
    return [{ code: 'container', name: container.name, state, reason }];
  });
}

function containers({ initContainerStatuses, containerStatuses }: Fields): ContainerStatus[] {
  return [initContainerStatuses, containerStatuses].flatMap((list) =>
    Array.isArray(list) ? (list as ContainerStatus[]) : [],
  );
}

function stateOf({ state }: ContainerStatus): { state: 'waiting' | 'running' | 'terminated'; reason: string } {
  if (state?.terminated) return { state: 'terminated', reason: state.terminated.reason ?? '' };
  if (state?.running) return { state: 'running', reason: '' };
  return { state: 'waiting', reason: state?.waiting?.reason ?? '' };
}

function changedFields(object: KubeObject, before: KubeObject): string[] {
  const names = new Set([...Object.keys(object), ...Object.keys(before)]);
  const changed = [...names]
    .filter((name) => name !== 'metadata' && differ(object[name], before[name]))
    .flatMap((name) => fieldsOf(name, object[name], before[name]));
  if (changed.length > 0) return changed;
  const fields = Object.keys({ ...object.metadata, ...before.metadata }) as (keyof typeof object.metadata)[];
  return fields
    .filter((name) => !['resourceVersion', 'managedFields', 'generation'].includes(name))
    .filter((name) => differ(object.metadata[name], before.metadata[name]));
}

/** `spec.taints`: one level deep, and of a status's conditions the types of those that differ. */
function fieldsOf(name: string, now: unknown, old: unknown): string[] {
  if (!isObject(now) || !isObject(old)) return [name];
  const fields = [...new Set([...Object.keys(now), ...Object.keys(old)])].filter((field) =>
    differ(now[field], old[field]),
  );
  return fields.flatMap((field) =>
    name === 'status' && field === 'conditions' ? conditionsOf(now, old) : [`${name}.${field}`],
  );
}

function conditionsOf(now: Fields, old: Fields): string[] {
  const present = Array.isArray(now.conditions) ? (now.conditions as Condition[]) : [];
  const types = present
    .filter(({ type, status, reason }) => {
      const was = condition(old, type);
      return status !== was?.status || reason !== was?.reason;
    })
    .map(({ type, status }) => `condition ${type} (${status})`);
  return types.length > 0 ? types : ['status.conditions'];
}

function images(template: unknown): string[] {
  return ((template as { spec?: { containers?: { image?: string }[] } })?.spec?.containers ?? [])
    .map(({ image }) => image)
    .filter((image) => image !== undefined);
}

function condition(of: Fields, type: string): Condition | undefined {
  return Array.isArray(of.conditions) ? (of.conditions as Condition[]).find((item) => item.type === type) : undefined;
}

function spec(object: KubeObject): Fields {
  return (object.spec ?? {}) as Fields;
}

function status(object: KubeObject): Fields {
  return (object.status ?? {}) as Fields;
}

function differ(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) !== JSON.stringify(b);
}
