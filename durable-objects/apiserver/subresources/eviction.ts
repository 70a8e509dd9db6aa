/**
 * `pods/{name}/eviction`: a delete that may be refused (upstream `pkg/registry/core/pod/storage/eviction.go`).
 * A PodDisruptionBudget refuses in `disruption-budget.ts`.
 */
import { fieldError } from '../../../kube/machinery/field-error.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { keyOf } from '../../../kube/machinery/resource.ts';
import { schemaOf } from '../../../kube/machinery/schema/resolve.ts';
import { rfc3339 } from '../../../kube/machinery/time.ts';
import type { Pod } from '../../../kube/types.ts';
import { Attributes } from '../admission/attributes.ts';
import type { Call, ObjectAnswer } from '../call.ts';
import { ApiError, badRequest, invalid, notFound } from '../errors.ts';
import { type Decodable, decodeUnstored } from '../write/decode.ts';
import { type DeleteOptions, parseDeleteOptions, parseWriteOptions } from '../write/options.ts';
import { commitDelete } from '../write/propose-delete.ts';
import { spendBudget } from './disruption-budget.ts';
import { type Subresource, success } from './subresource.ts';

/** Upstream's EvictionsRetry. */
const ATTEMPTS = 20;

const EVICTION = { group: 'policy', version: 'v1', kind: 'Eviction' };

const UNSAFE = 'ignoreStoreReadErrorWithClusterBreakingPotential';

const DECODED: Decodable = {
  ...EVICTION,
  apiVersion: 'policy/v1',
  // Older clients send it, which upstream takes on (`AcceptsGroupVersion`).
  accepts: ['policy/v1beta1'],
  get schema() {
    return schemaOf('io.k8s.api.policy.v1.Eviction');
  },
  strategy: {},
};

export const eviction: Subresource = { create: evict };

async function evict(call: Call): Promise<ObjectAnswer> {
  const { info, query } = call;
  const written = parseWriteOptions(query, 'CreateOptions');
  const order = decodeUnstored(call, DECODED, written.fieldValidation) as KubeObject & { deleteOptions?: object };
  if (order.metadata.name !== info.name) throw badRequest('name in URL does not match name in Eviction object');
  // Within an Eviction the options need no kind, and may have any.
  const { kind: _, apiVersion: __, ...given } = { kind: '', apiVersion: '', ...order.deleteOptions };
  if ((given as { [UNSAFE]?: boolean })[UNSAFE]) {
    const why = 'can not be set for pod eviction, try after removing the option';
    throw invalid('Eviction.policy', info.name, [fieldError.invalid(`deleteOptions.${UNSAFE}`, true, why)]);
  }
  const options = parseDeleteOptions(JSON.stringify(given), query);
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

/** The pod says why it goes (`addConditionAndDeletePod`, `UpdatePodCondition`). */
function markEvicted(object: KubeObject, now: string): void {
  const status = (object.status ?? {}) as NonNullable<Pod['status']>;
  const conditions = status.conditions ?? [];
  const at = conditions.findIndex(({ type }) => type === 'DisruptionTarget');
  const before = conditions[at];
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: before?.status === 'True' ? before.lastTransitionTime : now,
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
  } as unknown as (typeof conditions)[number];
  status.conditions = before ? conditions.with(at, condition) : [...conditions, condition];
  object.status = status;
}
