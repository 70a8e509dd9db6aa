/**
 * resourcequota-controller (upstream `pkg/controller/resourcequota`). The usage of a quota is kept by the API server, in
 * the commit of each write that changes it (`apiserver/quota/`), so there is little to do: a status that a client has
 * written is set right a while later, and so is one from which time alone takes something: pods that should be gone
 * use nothing. A write of this controller makes the API server count anew.
 */
import type { KubeObject } from '../../kube/machinery/object.ts';
import { type Key, parseKey } from '../../kube/machinery/resource.ts';
import { freedAt, pods } from '../../kube/quota/evaluators/pods.ts';
import type { Pod, ResourceQuota } from '../../kube/types.ts';
import { type DelayedKey, defineController, type ObjectChange } from './runtime/controller.ts';
import type { Action, Plan } from './runtime/plan.ts';
import type { View } from './runtime/view/view.ts';

const QUOTAS = 'resourcequotas';
/** Upstream counts everything anew every five minutes. */
const REPAIR_MS = 30_000;
/** Times of deletion are whole seconds. */
const LATER_MS = 1000;
const NONE: readonly DelayedKey[] = [];

export const resourceQuotaController = defineController({
  name: 'resourcequota-controller',
  for: '*',
  watches: [
    {
      resource: QUOTAS,
      keysOnly: true,
      concerns: isStatusOfClient,
      map: ({ key }) => [{ key, after: REPAIR_MS }],
    },
    { resource: 'pods', map: stuckPods },
  ],
  reconcile,
});

/** Most changes are made by the API server, beside the writes that they count. */
function isStatusOfClient({ change, cause }: Pick<ObjectChange, 'change' | 'cause'>): boolean {
  return (
    change === 'update' && cause.kind === 'request' && cause.subresource === 'status' && cause.beside === undefined
  );
}

/** A pod that begins to end, where a quota counts pods. */
function stuckPods({ change, cause, key, before, after, object }: ObjectChange, view: View): readonly DelayedKey[] {
  if (change !== 'update' || !after?.deleting || before?.deleting || view.count(QUOTAS) === 0) return NONE;
  const wait = untilCounted(object, cause.at);
  if (wait === undefined) return NONE;
  const quotas = view.list<ResourceQuota & KubeObject>(QUOTAS, parseKey(key).namespace);
  return quotas
    .filter(countsPods)
    .map(({ metadata }) => ({ key: `${QUOTAS}/${metadata.namespace}/${metadata.name}`, after: Math.max(0, wait) }));
}

/** Milliseconds until a pod that is being deleted uses nothing. */
function untilCounted(pod: unknown, now: number): number | undefined {
  const { deletionTimestamp, deletionGracePeriodSeconds: grace } = (pod as Pod).metadata;
  return deletionTimestamp === undefined || grace === undefined
    ? undefined
    : freedAt(deletionTimestamp, grace) + LATER_MS - now;
}

function countsPods({ status }: ResourceQuota): boolean {
  return Object.keys(status?.hard ?? {}).some(pods.matches);
}

function reconcile(key: Key, view: View, now: number): Plan {
  const { namespace, name } = parseKey(key);
  const quota = view.get<ResourceQuota & KubeObject>(QUOTAS, namespace, name);
  if (!quota) return { actions: [] };
  const actions: Action[] = [{ do: 'update-status', resource: QUOTAS, object: quota }];
  const wait = countsPods(quota) ? untilNextCounted(namespace, view, now) : undefined;
  return wait === undefined ? { actions } : { actions, requeueAfter: wait };
}

/** A key has one timer row, for the pod that ends first: those that end later are looked for then. */
function untilNextCounted(namespace: string, view: View, now: number): number | undefined {
  const waits: number[] = [];
  for (const { deleting, name } of view.projections('pods', namespace)) {
    const pod = deleting ? view.get('pods', namespace, name) : undefined;
    const wait = pod && untilCounted(pod, now);
    if (wait !== undefined && wait > 0) waits.push(wait);
  }
  return waits.length > 0 ? Math.min(...waits) : undefined;
}
