/** One log entry in a few words. */

import type { Cause } from '../../kube/machinery/cause.ts';
import { isObject } from '../../kube/machinery/json-object.ts';
import type { KubeObject } from '../../kube/machinery/object.ts';

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

/** `before` is undefined for a create, and where the log no longer holds it. */
export function whatOf(
  change: 'create' | 'update' | 'delete',
  object: KubeObject,
  before: KubeObject | undefined,
): string {
  if (change === 'delete') return 'deleted';
  if (change === 'create') {
    const replicas = spec(object).replicas;
    return typeof replicas === 'number' ? `created with ${count(replicas, 'replica')}` : 'created';
  }
  if (!before) return 'changed';
  const parts = [...lifeChanges(object, before), ...specChanges(object, before), ...statusChanges(object, before)];
  return parts.length > 0 ? parts.join(', ') : `changed ${changedFields(object, before)}`;
}

function lifeChanges(object: KubeObject, before: KubeObject): string[] {
  const { metadata } = object;
  const parts: string[] = [];
  if (metadata.deletionTimestamp && !before.metadata.deletionTimestamp) {
    const grace = metadata.deletionGracePeriodSeconds;
    parts.push(grace ? `asked to stop within ${grace} s` : 'being deleted');
  }
  const revision = 'deployment.kubernetes.io/revision';
  const now = metadata.annotations?.[revision];
  if (now !== undefined && now !== before.metadata.annotations?.[revision]) parts.push(`rollout revision ${now}`);
  return parts;
}

function specChanges(object: KubeObject, before: KubeObject): string[] {
  const [now, old] = [spec(object), spec(before)];
  const parts: string[] = [];
  if (now.nodeName !== old.nodeName && typeof now.nodeName === 'string') parts.push(`bound to ${now.nodeName}`);
  if (now.replicas !== old.replicas && typeof now.replicas === 'number') {
    parts.push(`scaled from ${String(old.replicas ?? 1)} to ${now.replicas}`);
  }
  if (now.paused !== old.paused) parts.push(now.paused ? 'paused' : 'resumed');
  if (differ(now.template, old.template)) parts.push(`new pod template${images(now.template)}`);
  return parts;
}

function statusChanges(object: KubeObject, before: KubeObject): string[] {
  const [now, old] = [status(object), status(before)];
  const parts: string[] = [];
  if (now.phase !== old.phase && typeof now.phase === 'string') {
    parts.push(old.phase ? `${String(old.phase)} → ${now.phase}` : now.phase);
  }
  if (object.kind === 'Pod' || object.kind === 'Node') {
    const [ready, was] = [condition(now, 'Ready'), condition(old, 'Ready')];
    if (ready && ready.status !== was?.status) parts.push(ready.status === 'True' ? 'ready' : 'not ready');
    const scheduled = condition(now, 'PodScheduled');
    if (scheduled?.status === 'False' && condition(old, 'PodScheduled')?.status !== 'False')
      parts.push('not schedulable');
  } else if (
    differ({ ...now, conditions: 0 }, { ...old, conditions: 0 }) &&
    typeof spec(object).replicas === 'number'
  ) {
    const [ready, wanted] = [Number(now.readyReplicas ?? 0), Number(spec(object).replicas)];
    // While old ones go there are more than are wanted.
    parts.push(ready > wanted ? `${ready} ready, ${wanted} wanted` : `${ready} of ${wanted} ready`);
  }
  const progress = condition(now, 'Progressing');
  if (progress?.reason && progress.reason !== condition(old, 'Progressing')?.reason) parts.push(progress.reason);
  return parts;
}

function changedFields(object: KubeObject, before: KubeObject): string {
  const names = new Set([...Object.keys(object), ...Object.keys(before)]);
  const changed = [...names]
    .filter((name) => name !== 'metadata' && differ(object[name], before[name]))
    .flatMap((name) => fieldsOf(name, object[name], before[name]));
  if (changed.length > 0) return changed.join(', ');
  const fields = Object.keys({ ...object.metadata, ...before.metadata }) as (keyof typeof object.metadata)[];
  return fields
    .filter((name) => !['resourceVersion', 'managedFields', 'generation'].includes(name))
    .filter((name) => differ(object.metadata[name], before.metadata[name]))
    .join(', ');
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

function images(template: unknown): string {
  const containers = ((template as { spec?: { containers?: { image?: string }[] } })?.spec?.containers ?? [])
    .map(({ image }) => image)
    .filter((image) => image !== undefined);
  return containers.length > 0 ? ` (${containers.join(', ')})` : '';
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

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}
