/** Whether the claims of a pod can be allocated at all, and by what (`dynamicresources.go`, PreFilter). */
import { Allocator } from '../../../kube/devices/allocator/allocator.ts';
import type { Class, DeviceRequest, Slice } from '../../../kube/devices/types.ts';
import { keyOf } from '../../../kube/machinery/resource.ts';
import type { Snapshot } from '../cache/snapshot.ts';
import type { CycleState } from '../framework/cycle-state.ts';
import { CLASSES, classOfResource } from './device-classes.ts';
import { claimsOfPod, type DeviceClaim } from './pod-claims.ts';
import type { DeviceStateParts } from './state.ts';
import { extendedClaim } from './writes.ts';

const SLICES = 'resourceslices.resource.k8s.io';

/** A text is the reason why the pod cannot be scheduled; undefined where it has nothing to do with devices. */
export function prepareDevices({
  pod,
  info,
  snapshot,
  surroundings,
}: CycleState): DeviceStateParts | string | undefined {
  const own = claimsOfPod(pod, snapshot);
  if (typeof own === 'string') return own;
  const resources = Object.entries(info.requests.scalar ?? {}).filter(([, amount]) => amount > 0);
  const usesDevices = resources.some(([name]) => classOfResource(name, snapshot) !== undefined);
  const extended = usesDevices ? (earlierClaim(info.uid, snapshot) ?? extendedClaim(pod)) : undefined;
  const claims = extended ? [...own, extended] : own;
  if (claims.length === 0) return undefined;
  const open = claims.filter(({ status }) => !status?.allocation);
  for (const claim of open) {
    if (claim === extended) continue;
    const why = whyNot(claim, snapshot);
    if (why !== undefined) return why;
  }
  if (open.length === 0) return { claims, extended, allocator: undefined };
  const allocator = new Allocator({
    slices: snapshot.list(`${SLICES}/`) as unknown as Slice[],
    allocated: snapshot.devices.allocated,
    classOf: (name) => classOf(name, snapshot),
    uuid: () => uuid(surroundings.random),
  });
  return { claims, extended, allocator };
}

/** One that a cycle before this one has made. */
function earlierClaim(podUid: string, snapshot: Snapshot): DeviceClaim | undefined {
  const key = snapshot.devices.ofExtendedResources(podUid);
  return key === undefined ? undefined : (snapshot.lookup(key) as DeviceClaim | undefined);
}

function classOf(name: string, { lookup }: Snapshot): Class | undefined {
  return lookup(keyOf(CLASSES, '', name)) as unknown as Class | undefined;
}

function whyNot({ metadata, spec }: DeviceClaim, snapshot: Snapshot): string | undefined {
  const name = `${metadata.namespace}/${metadata.name}`;
  if (snapshot.devices.isPending(metadata.uid ?? '')) {
    return `resource claim ${name} is in the process of being allocated`;
  }
  for (const request of spec?.devices?.requests ?? []) {
    const missing = classesOf(request).find(([, className]) => !classOf(className, snapshot));
    if (missing) return `request ${missing[0]}: device class ${missing[1]} does not exist`;
  }
  return undefined;
}

/** With the names of the requests, or their alternatives. */
function classesOf({ name, exactly, firstAvailable = [] }: DeviceRequest): [string, string][] {
  if (exactly) return [[name, exactly.deviceClassName]];
  return firstAvailable.map((one) => [`${name}/${one.name}`, one.deviceClassName]);
}

function uuid({ next }: { next(): number }): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(next() * 16).toString(16));
  hex[12] = '4';
  hex[16] = '89ab'[Math.floor(next() * 4)] ?? '8';
  const text = hex.join('');
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join('-');
}
