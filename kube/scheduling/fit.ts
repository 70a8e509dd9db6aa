/** Whether a pod has room on a node (`noderesources/fit.go`, fitsRequest), for the scheduler and for kubelets. */
import type { Node } from '../types.ts';
import { type Amounts, amountsOf } from './requests.ts';

/** What a node's pods ask for together. */
export class Usage {
  pods = 0;
  cpu = 0;
  memory = 0;
  storage = 0;
  others: Map<string, number> | undefined;

  /** A pod comes (1) or goes (-1). */
  add(requests: Amounts, sign: 1 | -1): void {
    this.pods += sign;
    this.cpu += sign * requests.cpu;
    this.memory += sign * requests.memory;
    this.storage += sign * requests.storage;
    for (const name in requests.others) {
      this.others ??= new Map();
      this.others.set(name, (this.others.get(name) ?? 0) + sign * (requests.others[name] ?? 0));
    }
  }
}

/** What a node has to give. */
export interface Room {
  allocatable: Amounts;
  /** How many pods it takes. */
  podSlots: number;
}

export function roomOf(node: Node): Room {
  const allocatable = node.status?.allocatable ?? node.status?.capacity;
  return { allocatable: amountsOf(allocatable), podSlots: Number(allocatable?.pods ?? 0) };
}

/** Amounts as in {@link Amounts}. */
export interface Shortage {
  resource: string;
  requested: number;
  used: number;
  capacity: number;
}

/** Of what there is not enough, in upstream's order; undefined when the pod fits. */
export function shortages(requests: Amounts, used: Usage, { allocatable, podSlots }: Room): Shortage[] | undefined {
  let found: Shortage[] | undefined;
  if (used.pods + 1 > podSlots) found = [{ resource: 'pods', requested: 1, used: used.pods, capacity: podSlots }];
  found = lacks(found, 'cpu', requests.cpu, used.cpu, allocatable.cpu);
  found = lacks(found, 'memory', requests.memory, used.memory, allocatable.memory);
  found = lacks(found, 'ephemeral-storage', requests.storage, used.storage, allocatable.storage);
  for (const name in requests.others) {
    const requested = requests.others[name] ?? 0;
    found = lacks(found, name, requested, used.others?.get(name) ?? 0, allocatable.others?.[name] ?? 0);
  }
  return found;
}

function lacks(
  found: Shortage[] | undefined,
  resource: string,
  requested: number,
  used: number,
  capacity: number,
): Shortage[] | undefined {
  if (requested <= 0 || requested <= capacity - used) return found;
  const shortage = { resource, requested, used, capacity };
  return found ? [...found, shortage] : [shortage];
}
