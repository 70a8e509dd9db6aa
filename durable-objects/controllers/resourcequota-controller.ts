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
import type { Plan } from './runtime/plan.ts';
import type { View } from './runtime/view/view.ts';

const QUOTAS = 'resourcequotas';
/** Upstream counts everything anew every five minutes. */
const REPAIR_MS = 30_000;
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
  const { deletionTimestamp, deletionGracePeriodSeconds: grace } = (object as unknown as Pod).metadata;
  if (!deletionTimestamp || grace === undefined) return NONE;
  const quotas = view.list<ResourceQuota & KubeObject>(QUOTAS, parseKey(key).namespace);
  return quotas
    .filter(({ status }) => Object.keys(status?.hard ?? {}).some(pods.matches))
    .map(({ metadata }) => ({
      key: `${QUOTAS}/${metadata.namespace}/${metadata.name}`,
      after: freedAt(deletionTimestamp, grace) - cause.at + 1000,
    }));
}

function reconcile(key: Key, view: View): Plan {
  const { namespace, name } = parseKey(key);
  const quota = view.get(QUOTAS, namespace, name);
  return { actions: quota ? [{ do: 'update-status', resource: QUOTAS, object: quota }] : [] };
}
