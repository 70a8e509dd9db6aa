/**
 * `pods/{name}/eviction`: a delete that may be refused (upstream `pkg/registry/core/pod/storage/eviction.go`).
 * PodDisruptionBudgets cannot be written yet, so nothing refuses.
 */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { keyOf } from '../../../kube/machinery/resource.ts';
import { decodeObject as decodeText } from '../../../kube/machinery/schema/decode-object.ts';
import { kindSchema } from '../../../kube/machinery/schema/resolve.ts';
import type { Pod } from '../../../kube/types.ts';
import { mutate, validate } from '../admission/index.ts';
import { badRequest, notFound } from '../errors.ts';
import { type Call, type ObjectAnswer, rfc3339 } from '../server.ts';
import { removeObject } from '../verbs/delete.ts';
import { parseDeleteOptions } from '../write/delete-options.ts';
import { jsonBody } from '../write/media-type.ts';
import { parseWriteOptions } from '../write/options.ts';
import { type Subresource, success } from './subresource.ts';

export const eviction: Subresource = { create: evict };

async function evict(call: Call): Promise<ObjectAnswer> {
  const { info, server, query } = call;
  const { dryRun } = parseWriteOptions(query, 'CreateOptions');
  const schema = kindSchema('policy', 'v1', 'Eviction');
  if (!schema) throw new Error('no schema of Eviction');
  const expected = { group: 'policy', version: 'v1', kind: 'Eviction', schema };
  const decoded = decodeText(jsonBody(call.request), expected, 'Ignore');
  if ('error' in decoded) throw badRequest(decoded.error);
  const order = decoded.object as KubeObject & { deleteOptions?: unknown };
  const named = order.metadata?.name;
  if (named && named !== info.name) throw badRequest('name in URL does not match name in Eviction object');
  const { deleteOptions } = order;
  const options = parseDeleteOptions(deleteOptions ? JSON.stringify(deleteOptions) : '{}', query);
  const stored = server.store.get(keyOf('pods', info.namespace, info.name));
  if (!stored) throw notFound('pods', info.name);
  const old = JSON.parse(stored.text) as KubeObject;
  const admission = {
    call,
    operation: 'CREATE' as const,
    namespace: info.namespace,
    name: info.name,
    subresource: 'eviction',
    old,
    reader: server.store,
  };
  mutate(admission);
  validate(admission);
  const asked = { ...options, dryRun: dryRun || options.dryRun };
  await removeObject(call, info.namespace, info.name, asked, (object) => markEvicted(object, rfc3339(call.now)));
  return success(201);
}

/** The pod says why it goes (`addConditionAndDeletePod`). */
function markEvicted(object: KubeObject, now: string): void {
  const status = (object.status ?? {}) as NonNullable<Pod['status']>;
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: now,
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
  };
  const others = (status.conditions ?? []).filter(({ type }) => type !== condition.type);
  status.conditions = [...others, condition as unknown as NonNullable<typeof status.conditions>[number]];
  object.status = status;
}
