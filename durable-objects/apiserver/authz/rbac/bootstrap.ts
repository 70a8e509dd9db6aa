/**
 * Gives a cluster the roles and bindings that every cluster has, and those back that it lacks (upstream
 * `pkg/registry/rbac/rest/storage_rbac.go`, PostStartHook).
 */

import type { KubeObject, ManagedFieldsEntry } from '../../../../kube/machinery/object.ts';
import { type Key, keyOf, parseKey } from '../../../../kube/machinery/resource.ts';
import { AGGREGATOR, bootstrapObjects, bootstrapRules } from '../../../../kube/rbac/policy/index.ts';
import { reconciled } from '../../../../kube/rbac/reconcile.ts';
import { RBAC } from '../../../../kube/rbac/rules.ts';
import { MANAGER, type SystemCause, send } from '../../own-request.ts';
import { type BootstrapObject, type InsertPorts, PrintedObjects, TIME } from '../../printed-objects.ts';
import type { RequestHandler } from '../../request.ts';

export interface RbacBootstrapPorts extends InsertPorts {
  api: RequestHandler;
}

export const PRINTED_ROLES = new PrintedObjects(MANAGER, bootstrapObjects, withGathered);

/** An aggregated ClusterRole has its rules from the start, as its controller would write them. */
function withGathered(key: Key, made: KubeObject): KubeObject {
  if (!('aggregationRule' in made)) return made;
  const { metadata, apiVersion } = made;
  const gathered: ManagedFieldsEntry = {
    manager: AGGREGATOR,
    operation: 'Apply',
    apiVersion,
    time: TIME,
    fieldsType: 'FieldsV1',
    fieldsV1: { 'f:rules': {} },
  };
  const managedFields = [gathered, ...(metadata.managedFields ?? [])];
  return { ...made, rules: bootstrapRules(key), metadata: { ...metadata, managedFields } };
}

/** `now` in milliseconds. Objects that are as they should be are not written. */
export async function bootstrapRbac(ports: RbacBootstrapPorts, now: number): Promise<void> {
  const { store } = ports;
  const cause: SystemCause = { kind: 'system', at: now, why: 'bootstrap' };
  // The namespaces of a new cluster are made at the same time.
  const isNew = store.revision === 0;
  await Promise.all(
    bootstrapObjects().map((wanted) => {
      const stored = store.get(wanted.key);
      if (stored) return reconcile(ports, wanted, JSON.parse(stored.text) as KubeObject, cause);
      const { namespace } = parseKey(wanted.key);
      const hasPlace = isNew || namespace === '' || store.get(keyOf('namespaces', '', namespace)) !== undefined;
      return hasPlace ? PRINTED_ROLES.insert(ports, wanted.key, cause) : undefined;
    }),
  );
}

async function reconcile(
  { api }: RbacBootstrapPorts,
  { resource, object }: BootstrapObject,
  existing: KubeObject,
  cause: SystemCause,
): Promise<void> {
  const next = reconciled(existing, object);
  if (next === undefined) return;
  const { namespace, name = '', uid } = existing.metadata;
  const plural = resource.slice(0, resource.indexOf('.'));
  const path = `/apis/${RBAC}/v1/${namespace ? `namespaces/${namespace}/` : ''}${plural}`;
  const own = `${path}/${encodeURIComponent(name)}`;
  if (next !== 'recreate') await send(api, { cause, method: 'PUT', path: own, body: next });
  else {
    await send(api, { cause, method: 'DELETE', path: own, body: { preconditions: { uid } } });
    await send(api, { cause, method: 'POST', path, body: object });
  }
}
