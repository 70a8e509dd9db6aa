/** The state of the DynamicResources plugin while one pod is scheduled (`stateData`). */
import type { Allocator } from '../../../kube/devices/allocator/allocator.ts';
import type { NodeIdentity } from '../../../kube/devices/nodes.ts';
import type { Allocation } from '../../../kube/devices/types.ts';
import type { NodeInfo } from '../cache/node-info.ts';
import type { ExtendedRequests } from './extended-requests.ts';
import type { DeviceClaim } from './pod-claims.ts';

/** The devices that a node would give. */
export interface NodeAllocation {
  /** For each claim that is not allocated yet, in their order. */
  allocations: readonly Allocation[];
  /** The extended resources that come as devices there. */
  extended?: { claim: DeviceClaim; requests: ExtendedRequests };
}

export interface DeviceStateParts {
  claims: DeviceClaim[];
  extended: DeviceClaim | undefined;
  allocator: Allocator | undefined;
}

export class DeviceState {
  /** The pod's own, and last the one that stands for its extended resources. */
  readonly claims: DeviceClaim[];
  readonly extended: DeviceClaim | undefined;
  /** Undefined where nothing is left to be allocated. */
  readonly allocator: Allocator | undefined;
  readonly nodes = new Map<string, NodeAllocation>();
  /** Allocated, but of no use on some node. */
  readonly unavailable = new Set<DeviceClaim>();
  /** By the claim's place: what is to be written once the pod has its node. */
  readonly reserved = new Map<number, Allocation>();
  /** The marks of allocations under way. */
  readonly pending = new Map<number, string>();

  /** The milliseconds for which a device may be prepared. */
  readonly bindingTimeout: number;

  constructor({ claims, extended, allocator }: DeviceStateParts, bindingTimeout: number) {
    this.bindingTimeout = bindingTimeout;
    this.claims = claims;
    this.extended = extended;
    this.allocator = allocator;
  }

  /** The places of claims that are not allocated. */
  get open(): number[] {
    return this.claims.flatMap(({ status }, at) => (status?.allocation ? [] : [at]));
  }

  isExtended(at: number): boolean {
    return this.extended !== undefined && at === this.claims.length - 1;
  }
}

/** It exists in memory alone. */
export function isUnwritten({ metadata }: DeviceClaim): boolean {
  return metadata.name === undefined;
}

export function identityOf({ name, facts }: NodeInfo): NodeIdentity {
  return { name, labels: facts?.labels ?? {} };
}
