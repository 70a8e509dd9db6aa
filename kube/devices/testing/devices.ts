/** Slices and claims for tests, and what of them is allocated on a node. */
import { AllocatedDevices } from '../allocated.ts';
import { Allocator } from '../allocator/allocator.ts';
import type {
  Allocation,
  Claim,
  ClaimSpec,
  Class,
  Device,
  DeviceRequest,
  DeviceRequirements,
  Result,
  Slice,
} from '../types.ts';

const DRIVER = 'd.example.com';
const NODE = { name: 'n1', labels: { zone: 'z' } };

/** A complete pool, unless `spec` says otherwise. */
export function slice(name: string, devices: Device[], spec: Partial<Slice['spec']> = { nodeName: 'n1' }): Slice {
  const pool = { name: `pool-of-${name}`, generation: 1, resourceSliceCount: 1 };
  return { metadata: { name }, spec: { driver: DRIVER, pool, devices, ...spec } };
}

export const ask = (more: Partial<DeviceRequirements> = {}, name = 'r'): DeviceRequest => ({
  name,
  exactly: { deviceClassName: 'any', allocationMode: 'ExactCount', count: 1, ...more },
});

export function claim(requests: DeviceRequest[], more: ClaimSpec['devices'] = {}): Claim {
  return { metadata: { namespace: 'n', name: 'c' }, spec: { devices: { requests, ...more } } };
}

export const selecting = (expression: string): Partial<DeviceRequirements> => ({
  selectors: [{ cel: { expression } }],
});

interface Given {
  held?: Result[];
  classes?: Class[];
}

/** The allocations of claims, or why there are none. */
export function allocate(
  slices: Slice[],
  claims: Claim[],
  { held = [], classes = [] }: Given = {},
): Allocation[] | string {
  const allocated = new AllocatedDevices();
  allocated.add(held, 1);
  const known = [{ metadata: { name: 'any' } }, ...classes];
  const allocator = new Allocator({
    slices,
    allocated,
    classOf: (name) => known.find(({ metadata }) => metadata.name === name),
    uuid: () => 'share',
  });
  return allocator.allocate(claims, NODE);
}

/** `request: device` of one claim, or why there are none. */
export function devices(slices: Slice[], one: Claim, given: Given = {}): string[] | string {
  const found = allocate(slices, [one], given);
  if (typeof found === 'string') return found;
  return (found[0]?.devices?.results ?? []).map(({ request, device }) => `${request}: ${device}`);
}

export function held(device: string, more: Partial<Result> = {}, pool = 'pool-of-s'): Result {
  return { request: 'r', driver: DRIVER, pool, device, ...more };
}
