/** The status of a quota as it is written beside other writes. */
import { kinds } from '../../../kube/kinds/index.ts';
import { updateManagedFields } from '../../../kube/machinery/apply/managed-fields.ts';
import { sameJson } from '../../../kube/machinery/equality.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { formatQuantity } from '../../../kube/machinery/quantity.ts';
import { keyPrefix } from '../../../kube/machinery/resource.ts';
import type { StructSchema } from '../../../kube/machinery/schema/schema.ts';
import { rfc3339 } from '../../../kube/machinery/time.ts';
import { readQuota, textsOf } from '../../../kube/quota/quota.ts';
import { recount } from '../../../kube/quota/recount.ts';
import { readUsage, type Usage } from '../../../kube/quota/usage.ts';
import type { ResourceQuota } from '../../../kube/types.ts';
import type { StoreReader } from '../../store/store.ts';
import type { Call } from '../call.ts';
import { printObject } from '../write/print.ts';

type Lists = Record<string, string>;

/** Upstream's API server charges, and its controller manager counts. */
const CHARGES = 'kube-apiserver';
const COUNTS = 'resourcequota-controller';
/** Objects that are read at once. */
const PAGE = 500;

/** The quota with the new amounts of some names. */
export function chargedQuota(
  call: Call,
  object: ResourceQuota,
  amounts: Usage,
  changed: readonly string[],
): ResourceQuota {
  const used: Lists = { ...(object.status?.used as Lists | undefined) };
  for (const name of changed) {
    const amount = amounts.get(name);
    if (amount) used[name] = formatQuantity(amount);
  }
  return withStatus(call, { object, status: { ...object.status, used }, manager: CHARGES, changed });
}

/** undefined where the status is right. */
export function recountedQuota(call: Call, object: ResourceQuota, reader: StoreReader): ResourceQuota | undefined {
  const { namespace = '' } = object.metadata;
  const hard = (object.spec?.hard ?? {}) as Lists;
  const used = recount(readUsage(hard), readQuota(object).scopes, call.now, {
    count: (resource) => reader.count(keyPrefix(resource, namespace)),
    *objects(resource) {
      const prefix = keyPrefix(resource, namespace);
      let after: string | undefined;
      do {
        const page = reader.list({ prefix, after, limit: PAGE, standIns: true });
        for (const item of page.items) yield JSON.parse(item.text) as KubeObject;
        after = page.next;
      } while (after);
    },
  });
  const status = { hard, used: textsOf(used) };
  if (sameJson(object.status ?? {}, status)) return undefined;
  return withStatus(call, { object, status, manager: COUNTS });
}

interface StatusWrite {
  object: ResourceQuota;
  status: { hard?: unknown; used?: unknown };
  manager: string;
  /** The names in `used` that are set; left out, all of the status. */
  changed?: readonly string[];
}

function withStatus({ now }: Call, { object, status, manager, changed }: StatusWrite): ResourceQuota {
  const before = object as unknown as KubeObject;
  const after: KubeObject = { ...before, metadata: { ...before.metadata }, status };
  if (!changed || !owns(before, manager, changed)) {
    after.metadata.managedFields = updateManagedFields({
      schema: schema(),
      apiVersion: 'v1',
      before,
      after,
      manager,
      time: rfc3339(now),
      subresource: 'status',
    });
  }
  return after as unknown as ResourceQuota;
}

export function printQuota(object: ResourceQuota, revision: number): string {
  return printObject(object as unknown as KubeObject, revision);
}

/** Whether the manager owns these names in `used` already, so that setting them anew changes no managedFields. */
function owns({ metadata }: KubeObject, manager: string, names: readonly string[]): boolean {
  const entry = metadata.managedFields?.find((one) => one.manager === manager && one.subresource === 'status');
  const fields = (entry?.fieldsV1 as FieldsOfStatus | undefined)?.['f:status']?.['f:used'];
  return fields !== undefined && names.every((name) => Object.hasOwn(fields, `f:${name}`));
}

interface FieldsOfStatus {
  'f:status'?: { 'f:used'?: object };
}

let found: StructSchema | undefined;

function schema(): StructSchema {
  found ??= kinds.find(({ resource }) => resource === 'resourcequotas')?.schema as StructSchema;
  return found;
}
