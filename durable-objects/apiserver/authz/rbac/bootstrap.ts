/**
 * Gives a cluster the roles and bindings that every cluster has, and those back that it lacks (upstream
 * `pkg/registry/rbac/rest/storage_rbac.go`, PostStartHook).
 *
 * New objects are not sent through the pipeline, which would be asked 140 times by each new cluster: their text is
 * printed once for all clusters of the isolate, by the same functions, and gets its uid, time and revision on its way
 * into the store.
 */
import type { Kinds } from '../../../../kube/kinds/registry.ts';
import { updateManagedFields } from '../../../../kube/machinery/apply/managed-fields.ts';
import type { Cause } from '../../../../kube/machinery/cause.ts';
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { type Key, keyOf, parseKey } from '../../../../kube/machinery/resource.ts';
import type { StructSchema } from '../../../../kube/machinery/schema/schema.ts';
import { rfc3339 } from '../../../../kube/machinery/time.ts';
import { type BootstrapObject, bootstrapObjects } from '../../../../kube/rbac/policy/index.ts';
import { reconciled } from '../../../../kube/rbac/reconcile.ts';
import { RBAC } from '../../../../kube/rbac/rules.ts';
import { StoreError } from '../../../store/errors.ts';
import type { Store } from '../../../store/store.ts';
import { MANAGER, send } from '../../bootstrap.ts';
import type { ApiServer } from '../../pipeline.ts';
import { printObject } from '../../write/print.ts';

export interface RbacBootstrapPorts {
  store: Store;
  kinds: Kinds;
  api: ApiServer;
  uuid(): string;
}

/** Stand for what each object gets; none of them occurs in a role. */
const UID = '@uid@';
const TIME = '@time@';
const REVISION = 999_999_999_999;

let printed: ReadonlyMap<Key, string> | undefined;

/** `now` in milliseconds. Objects that are as they should be are not written. */
export async function bootstrapRbac(ports: RbacBootstrapPorts, now: number): Promise<void> {
  const { store } = ports;
  const cause: Cause = { kind: 'system', at: now, why: 'bootstrap' };
  // The namespaces of a new cluster are made at the same time.
  const isNew = store.revision === 0;
  await Promise.all(
    bootstrapObjects().map((wanted) => {
      const stored = store.get(wanted.key);
      if (stored) return reconcile(ports, wanted, JSON.parse(stored.text) as KubeObject, cause);
      const { namespace } = parseKey(wanted.key);
      const hasPlace = isNew || namespace === '' || store.get(keyOf('namespaces', '', namespace)) !== undefined;
      return hasPlace ? insert(ports, wanted.key, cause) : undefined;
    }),
  );
}

async function insert({ store, kinds, uuid }: RbacBootstrapPorts, key: Key, cause: Cause): Promise<void> {
  printed ??= new Map(bootstrapObjects().map(({ key, object }) => [key, print(object, kinds)]));
  const text = (printed.get(key) ?? '').replace(UID, uuid()).replaceAll(TIME, rfc3339(cause.at));
  try {
    await store.commit({
      key,
      expect: 'absent',
      apply: (_, { revision }) => ({ text: text.replace(String(REVISION), String(revision)) }),
      cause,
    });
  } catch (error) {
    // Another has made it meanwhile.
    if (!(error instanceof StoreError && error.code === 'already-exists')) throw error;
  }
}

function print(object: KubeObject, kinds: Kinds): string {
  const schema = kinds.findKind(object.apiVersion, object.kind)?.kind.schema;
  // Go's empty list is no field that somebody set.
  const { rules, ...others } = object;
  const copy: KubeObject = {
    ...object,
    metadata: {
      ...object.metadata,
      uid: UID,
      creationTimestamp: TIME,
      managedFields: updateManagedFields({
        schema: schema as StructSchema,
        apiVersion: object.apiVersion,
        before: undefined,
        after: rules === null ? others : object,
        manager: MANAGER,
        time: TIME,
        subresource: '',
      }),
    },
  };
  return printObject(copy, REVISION);
}

async function reconcile(
  { api }: RbacBootstrapPorts,
  { resource, object }: BootstrapObject,
  existing: KubeObject,
  cause: Cause,
): Promise<void> {
  const next = reconciled(existing, object);
  if (next === undefined) return;
  const { namespace, name = '', uid } = existing.metadata;
  const plural = resource.slice(0, resource.indexOf('.'));
  const path = `/apis/${RBAC}/v1/${namespace ? `namespaces/${namespace}/` : ''}${plural}`;
  const own = `${path}/${encodeURIComponent(name)}`;
  if (next !== 'recreate') await send(api, cause, 'PUT', own, next);
  else {
    await send(api, cause, 'DELETE', own, { preconditions: { uid } });
    await send(api, cause, 'POST', path, object);
  }
}
