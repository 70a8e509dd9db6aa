/**
 * `pods/{name}/eviction`: a delete that may be refused (upstream `pkg/registry/core/pod/storage/eviction.go`).
 * A PodDisruptionBudget refuses in `disruption-budget.ts`.
 */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { keyOf } from '../../../kube/machinery/resource.ts';
import { decodeObject as decodeText } from '../../../kube/machinery/schema/decode-object.ts';
import { kindSchema } from '../../../kube/machinery/schema/resolve.ts';
import { rfc3339 } from '../../../kube/machinery/time.ts';
import type { Pod } from '../../../kube/types.ts';
import { Attributes } from '../admission/attributes.ts';
import type { Call, ObjectAnswer } from '../call.ts';
import { ApiError, badRequest, notFound } from '../errors.ts';
import { jsonBody } from '../write/media-type.ts';
import { type DeleteOptions, parseDeleteOptions, parseWriteOptions } from '../write/options.ts';
import { commitDelete } from '../write/propose-delete.ts';
import { spendBudget } from './disruption-budget.ts';
import { type Subresource, success } from './subresource.ts';

/** Upstream's EvictionsRetry. */
const ATTEMPTS = 20;

const EVICTION = { group: 'policy', version: 'v1', kind: 'Eviction' };

export const eviction: Subresource = { create: evict };

async function evict(call: Call): Promise<ObjectAnswer> {
  const { info, query } = call;
  const written = parseWriteOptions(query, 'CreateOptions');
  const schema = kindSchema('policy', 'v1', 'Eviction');
  if (!schema) throw new Error('no schema of Eviction');
  const expected = { ...EVICTION, schema };
  const decoded = decodeText(jsonBody(call.request), expected, 'Ignore');
  if ('error' in decoded) throw badRequest(decoded.error);
  const order = decoded.object as KubeObject & { deleteOptions?: unknown };
  if (order.metadata?.name !== info.name) throw badRequest('name in URL does not match name in Eviction object');
  const { deleteOptions } = order;
  const options = parseDeleteOptions(deleteOptions ? JSON.stringify(deleteOptions) : '{}', query);
  const asked = { ...options, dryRun: written.dryRun || options.dryRun };
  await call.server.admission.admit(
    new Attributes(call, { operation: 'CREATE', object: order, kind: EVICTION, options: written }),
  );
  for (let attempt = 1; ; attempt++) {
    try {
      await attemptEviction(call, asked);
      return success(201);
    } catch (error) {
      // The pod changed since it was looked at. An eviction that names no state of it is tried again.
      const isConflict = error instanceof ApiError && error.reason === 'Conflict';
      const named = asked.resourceVersion ?? asked.uid;
      if (!isConflict || named !== undefined || attempt === ATTEMPTS) throw error;
    }
  }
}

async function attemptEviction(call: Call, options: DeleteOptions): Promise<void> {
  const { info, server } = call;
  const stored = server.store.get(keyOf('pods', info.namespace, info.name));
  if (!stored) throw notFound('pods', info.name);
  const seen = await spendBudget(call, JSON.parse(stored.text) as Pod, options.dryRun);
  await commitDelete({
    call,
    namespace: info.namespace,
    name: info.name,
    options: { ...options, resourceVersion: options.resourceVersion ?? seen },
    isAdmitted: true,
    mark: (object) => markEvicted(object, rfc3339(call.now)),
  });
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
