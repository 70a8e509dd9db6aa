/** Lists of resources: cpu, memory … to quantities. */
import { isQualifiedName } from '../../../machinery/names.ts';
import { addQuantities, formatQuantity, parseQuantity, type Quantity } from '../../../machinery/quantity.ts';
import type { Container } from '../../../types.ts';

export type ResourceList = Record<string, string>;

const MILLI = 1_000_000n;

/** Quantities are kept to a thousandth at most, rounded up. */
export function roundToMilli(text: string): string {
  const quantity = parseQuantity(text);
  if (!quantity || quantity.nano % MILLI === 0n) return text;
  const down = quantity.nano / MILLI;
  return formatQuantity({ ...quantity, nano: (quantity.nano > 0n ? down + 1n : down) * MILLI });
}

/** Resources that Kubernetes itself knows. */
export function isNative(name: string): boolean {
  return !name.includes('/') || name.includes('kubernetes.io/');
}

/** A resource of some vendor, `example.com/gpu`, counted in whole units. */
export function isExtendedName(name: string): boolean {
  return !isNative(name) && !name.startsWith('requests.') && isQualifiedName(`requests.${name}`).length === 0;
}

export function isHugePages(name: string): boolean {
  return name.startsWith('hugepages-');
}

/** As a quota calls them. */
export function isHugePagesOfQuota(name: string): boolean {
  return name.startsWith('requests.hugepages-');
}

/** Only these may be requested for a pod as a whole. */
export function isPodLevel(name: string): boolean {
  return name === 'cpu' || name === 'memory' || isHugePages(name);
}

/**
 * The requests of a pod: the sum of those of the containers that run side by side, or those of the neediest init
 * container beside the sidecars started before it (component-helpers `resource.AggregateContainerRequests`).
 */
export function aggregate(pod: Containers, which: 'requests' | 'limits'): ResourceList {
  return Object.fromEntries([...aggregateQuantities(pod, which)].map(([name, value]) => [name, formatQuantity(value)]));
}

interface Containers {
  containers?: Container[];
  initContainers?: Container[];
}

export function aggregateQuantities(pod: Containers, which: 'requests' | 'limits'): Map<string, Quantity> {
  const total = new Map<string, Quantity>();
  const sidecars = new Map<string, Quantity>();
  const peak = new Map<string, Quantity>();
  for (const { resources } of pod.containers ?? []) add(total, quantities(resources?.[which]));
  for (const { resources, restartPolicy } of pod.initContainers ?? []) {
    const own = quantities(resources?.[which]);
    if (restartPolicy === 'Always') {
      add(total, own);
      add(sidecars, own);
      raise(peak, sidecars);
    } else {
      const beside = new Map(sidecars);
      add(beside, own);
      raise(peak, beside);
    }
  }
  raise(total, peak);
  return total;
}

export function quantities(list: ResourceList | undefined): Map<string, Quantity> {
  const parsed = new Map<string, Quantity>();
  for (const [name, text] of Object.entries(list ?? {})) {
    const quantity = parseQuantity(text);
    if (quantity) parsed.set(name, quantity);
  }
  return parsed;
}

function add(target: Map<string, Quantity>, more: ReadonlyMap<string, Quantity>): void {
  for (const [name, quantity] of more) {
    const current = target.get(name);
    target.set(name, current ? addQuantities(current, quantity) : quantity);
  }
}

function raise(target: Map<string, Quantity>, floor: ReadonlyMap<string, Quantity>): void {
  for (const [name, quantity] of floor) {
    const current = target.get(name);
    if (!current || current.nano < quantity.nano) target.set(name, quantity);
  }
}
