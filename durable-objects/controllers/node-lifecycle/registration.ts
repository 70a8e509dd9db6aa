/**
 * A node that came or went is told once (upstream `nodelifecycle`, monitorNodeHealth, which knows each node from when it
 * first saw it). The key says what happened to which one: `nodes//node-1@RegisteredNode@UID`.
 */
import { type Key, keyOf, parseKey } from '../../../kube/machinery/resource.ts';
import type { Seen } from '../runtime/controller.ts';
import type { Plan } from '../runtime/plan.ts';

const TEXTS: Readonly<Record<string, (name: string) => string>> = {
  RegisteredNode: (name) => `Registered Node ${name} in Controller`,
  RemovingNode: (name) => `Removing Node ${name} from Controller`,
};

export function cameOrWent({ key, change, object }: Seen): Key[] {
  if (change === 'update') return [];
  const { resource, name } = parseKey(key);
  const reason = change === 'create' ? 'RegisteredNode' : 'RemovingNode';
  return [keyOf(resource, '', [name, reason, object.metadata.uid].join('@'))];
}

/** undefined for a key that is just a node's. */
export function registration(key: Key): Plan | undefined {
  const [name = '', reason = '', uid = ''] = parseKey(key).name.split('@');
  const text = TEXTS[reason]?.(name);
  if (text === undefined) return undefined;
  const regarding = { apiVersion: 'v1', kind: 'Node', namespace: '', name, uid };
  const message = `Node ${name} event: ${text}`;
  return { actions: [{ do: 'event', event: { type: 'Normal', reason, message, regarding, once: true } }] };
}
