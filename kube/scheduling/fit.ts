/** Whether a node has what a pod asks for (`noderesources/fit.go`, fitsRequest), for the scheduler and for kubelets. */
import type { Node } from '../types.ts';
import { parseResources, type Resources } from './requests.ts';

/** The requests of a node's pods together. */
export class ResourceUsage {
  pods = 0;
  cpu = 0;
  memory = 0;
  ephemeralStorage = 0;
  scalar: Map<string, number> | undefined;

  /** A pod comes (1) or goes (-1). */
  add(requests: Resources, sign: 1 | -1): void {
    this.pods += sign;
    this.cpu += sign * requests.cpu;
    this.memory += sign * requests.memory;
    this.ephemeralStorage += sign * requests.ephemeralStorage;
    for (const name in requests.scalar) {
      this.scalar ??= new Map();
      this.scalar.set(name, (this.scalar.get(name) ?? 0) + sign * (requests.scalar[name] ?? 0));
    }
  }

  clone(): ResourceUsage {
    const copy = Object.assign(new ResourceUsage(), this);
    copy.scalar = this.scalar && new Map(this.scalar);
    return copy;
  }
}

/** The resources that a node offers. */
export interface NodeCapacity {
  allocatable: Resources;
  allowedPodNumber: number;
}

export function nodeCapacity(node: Node): NodeCapacity {
  const allocatable = node.status?.allocatable ?? node.status?.capacity;
  return { allocatable: parseResources(allocatable), allowedPodNumber: Number(allocatable?.pods ?? 0) };
}

/** In the units of {@link Resources}. */
export interface InsufficientResource {
  resource: string;
  requested: number;
  used: number;
  capacity: number;
}

/** The resources that do not suffice, in upstream's order; undefined when the pod fits. */
export function insufficientResources(
  requests: Resources,
  used: ResourceUsage,
  { allocatable, allowedPodNumber }: NodeCapacity,
): InsufficientResource[] | undefined {
  let found: InsufficientResource[] | undefined;
  if (used.pods + 1 > allowedPodNumber) {
    found = [{ resource: 'pods', requested: 1, used: used.pods, capacity: allowedPodNumber }];
  }
  found = check(found, 'cpu', requests.cpu, used.cpu, allocatable.cpu);
  found = check(found, 'memory', requests.memory, used.memory, allocatable.memory);
  const { ephemeralStorage } = allocatable;
  found = check(found, 'ephemeral-storage', requests.ephemeralStorage, used.ephemeralStorage, ephemeralStorage);
  for (const name in requests.scalar) {
    const requested = requests.scalar[name] ?? 0;
    found = check(found, name, requested, used.scalar?.get(name) ?? 0, allocatable.scalar?.[name] ?? 0);
  }
  return found;
}

function check(
  found: InsufficientResource[] | undefined,
  resource: string,
  requested: number,
  used: number,
  capacity: number,
): InsufficientResource[] | undefined {
  if (requested <= 0 || requested <= capacity - used) return found;
  const insufficient = { resource, requested, used, capacity };
  return found ? [...found, insufficient] : [insufficient];
}
