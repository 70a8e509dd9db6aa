/**
 * service-cidrs-controller (upstream `pkg/controller/servicecidrs`): ranges of service addresses become ready, and one
 * that is deleted stays until no address that only it has is in use.
 */
import {
  type Address,
  givesAddress,
  type IPRange,
  isWithin,
  overlaps,
  parseAddress,
  parseRange,
} from '../../kube/kinds/networking/ip-range.ts';
import { IP_ADDRESSES, isManaged } from '../../kube/kinds/networking/service-addresses.ts';
import type { KubeObject } from '../../kube/machinery/object.ts';
import { type Key, parseKey } from '../../kube/machinery/resource.ts';
import { rfc3339, timeOf } from '../../kube/machinery/time.ts';
import { RANGE_FINALIZER, readyRange } from '../../kube/system-objects.ts';
import type { IPAddress, ServiceCIDR } from '../../kube/types.ts';
import { findCondition } from './runtime/conditions.ts';
import { defineController, type ObjectChange } from './runtime/controller.ts';
import type { Action, Plan } from './runtime/plan.ts';
import type { View } from './runtime/view/view.ts';

const RANGES = 'servicecidrs.networking.k8s.io';
/** The API may have given an address of the range just before it learned of the deletion. */
const GRACE_MS = 10_000;

type Condition = ReturnType<typeof readyRange>;

export const serviceCIDRsController = defineController({
  name: 'service-cidrs-controller',
  eventSource: 'service-cidr-controller',
  for: RANGES,
  watches: [
    { resource: IP_ADDRESSES, keysOnly: true, map: onAddress },
    { resource: RANGES, map: onRange },
  ],
  reconcile,
});

/** Ranges that wait for their end: an address of theirs came or went. */
function onAddress({ key, change }: ObjectChange, view: View): Key[] {
  if (change === 'update') return [];
  const address = parseAddress(parseKey(key).name);
  return terminating(view).filter((range) => {
    const object = view.get<ServiceCIDR>(RANGES, '', parseKey(range).name);
    return address && rangesOf(object).some((one) => givesAddress(one, address));
  });
}

/** Ranges that wait for their end: a new one may take over their addresses. */
function onRange({ change, object }: ObjectChange, view: View): Key[] {
  if (change !== 'create') return [];
  const made = rangesOf(object as unknown as ServiceCIDR);
  return terminating(view).filter((key) => {
    const own = rangesOf(view.get<ServiceCIDR>(RANGES, '', parseKey(key).name));
    return own.some((range) => made.some((other) => overlaps(range, other)));
  });
}

function terminating(view: View): Key[] {
  return [...view.projections(RANGES, '')].filter(({ deleting }) => deleting).map(({ key }) => key);
}

function rangesOf(object: ServiceCIDR | undefined): IPRange[] {
  return (object?.spec?.cidrs ?? []).flatMap((text) => parseRange(text) ?? []);
}

function reconcile(key: Key, view: View, now: number): Plan {
  const { name } = parseKey(key);
  const object = view.get<ServiceCIDR>(RANGES, '', name);
  if (!object) return { actions: [] };
  const { deletionTimestamp, finalizers = [] } = object.metadata;
  if (deletionTimestamp === undefined) {
    const added = finalizers.includes(RANGE_FINALIZER)
      ? []
      : [withFinalizers(object, [...finalizers, RANGE_FINALIZER])];
    return { actions: [...added, ...withCondition(object, readyRange(rfc3339(now)))] };
  }
  if (!mayGo(object, view)) return { actions: withCondition(object, inUse(rfc3339(now))) };
  const left = timeOf(deletionTimestamp) + GRACE_MS - now;
  if (left > 0) return { actions: [], requeueAfter: left };
  if (!finalizers.includes(RANGE_FINALIZER)) return { actions: [] };
  return {
    actions: [
      withFinalizers(
        object,
        finalizers.filter((other) => other !== RANGE_FINALIZER),
      ),
    ],
  };
}

function inUse(lastTransitionTime: string): Condition {
  const message =
    'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR';
  return { type: 'Ready', status: 'False', lastTransitionTime, reason: 'Terminating', message };
}

/** All its ranges are parts of others', or none of its addresses is in use that no other has. */
function mayGo({ metadata, spec }: ServiceCIDR, view: View): boolean {
  const others = view.list<ServiceCIDR>(RANGES).filter((other) => other.metadata.name !== metadata.name);
  const theirs = others.flatMap(rangesOf);
  const own = rangesOf({ spec } as ServiceCIDR);
  if (own.every((range) => theirs.some((other) => isWithin(range, other)))) return true;
  const isOnlyOwn = (address: Address): boolean =>
    own.some((range) => givesAddress(range, address)) && !theirs.some((range) => givesAddress(range, address));
  return !view.list<IPAddress>(IP_ADDRESSES).some(({ metadata }) => {
    const address = isManaged({ metadata }) ? parseAddress(metadata.name ?? '') : undefined;
    return address !== undefined && isOnlyOwn(address);
  });
}

function withFinalizers(object: ServiceCIDR, finalizers: readonly string[]): Action {
  const { name = '', uid, resourceVersion } = object.metadata;
  const target = { resource: RANGES, namespace: '', name, uid, resourceVersion };
  return { do: 'patch', target, patch: { metadata: { finalizers } } };
}

function withCondition(object: ServiceCIDR, condition: Condition): Action[] {
  const conditions = object.status?.conditions ?? [];
  const present = findCondition(conditions, condition.type);
  const isSame = (['status', 'reason', 'message'] as const).every(
    (field) => (present?.[field] ?? '') === condition[field],
  );
  if (isSame) return [];
  const next = [...conditions.filter(({ type }) => type !== condition.type), condition];
  const changed = { ...object, status: { ...object.status, conditions: next } } as unknown as KubeObject;
  return [{ do: 'update-status', resource: RANGES, object: changed }];
}
