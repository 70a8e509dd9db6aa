/** The requests of a pod (`component-helpers/resource/helpers.go`, PodRequests; KEP-753 for sidecars). */
import { milliOf, unitsOf } from '../machinery/quantity.ts';
import type { Container, Pod } from '../types.ts';

/**
 * CPU in thousandths of a core; memory and storage in bytes; all else in whole units (`framework/types.go`, Resource).
 */
export interface Resources {
  cpu: number;
  memory: number;
  ephemeralStorage: number;
  /** Extended resources and huge pages. */
  scalar?: Readonly<Record<string, number>>;
}

type Texts = Readonly<Record<string, string>> | undefined;

export const NO_RESOURCES: Resources = { cpu: 0, memory: 0, ephemeralStorage: 0 };
/** Scoring assumes these for a container that names no request (`util/pod_resources.go`). */
const DEFAULT_CPU = 100;
const DEFAULT_MEMORY = 200 * 1024 * 1024;

export function parseResources(texts: Texts): Resources {
  if (!texts) return NO_RESOURCES;
  const resources: Resources = { cpu: 0, memory: 0, ephemeralStorage: 0 };
  let scalar: Record<string, number> | undefined;
  for (const name in texts) {
    if (name === 'cpu') resources.cpu = milliOf(texts[name]);
    else if (name === 'memory') resources.memory = unitsOf(texts[name]);
    else if (name === 'ephemeral-storage') resources.ephemeralStorage = unitsOf(texts[name]);
    else if (name !== 'pods') {
      scalar ??= {};
      scalar[name] = unitsOf(texts[name]);
    }
  }
  if (scalar) resources.scalar = scalar;
  return resources;
}

function combine(a: Resources, b: Resources, pick: (x: number, y: number) => number): Resources {
  const result: Resources = {
    cpu: pick(a.cpu, b.cpu),
    memory: pick(a.memory, b.memory),
    ephemeralStorage: pick(a.ephemeralStorage, b.ephemeralStorage),
  };
  if (a.scalar || b.scalar) {
    const scalar: Record<string, number> = { ...a.scalar };
    for (const name in b.scalar) scalar[name] = pick(scalar[name] ?? 0, b.scalar[name] ?? 0);
    result.scalar = scalar;
  }
  return result;
}

const plus = (x: number, y: number): number => x + y;
const add = (a: Resources, b: Resources): Resources => combine(a, b, plus);
const larger = (a: Resources, b: Resources): Resources => combine(a, b, Math.max);

function ofContainer(container: Container, defaults: boolean): Resources {
  const requests = container.resources?.requests;
  if (!defaults) return parseResources(requests);
  const resources = { ...parseResources(requests) };
  if (requests?.cpu === undefined) resources.cpu = DEFAULT_CPU;
  if (requests?.memory === undefined) resources.memory = DEFAULT_MEMORY;
  return resources;
}

/** `defaults`: containers without a request count with scoring's defaults. */
export function podRequests(pod: Pod, defaults = false): Resources {
  const spec = pod.spec;
  if (!spec) return NO_RESOURCES;
  const inits = spec.initContainers;
  let total = NO_RESOURCES;
  if (spec.containers.length === 1 && !inits?.length) total = ofContainer(spec.containers[0] as Container, defaults);
  else for (const container of spec.containers) total = add(total, ofContainer(container, defaults));
  if (inits?.length) {
    let sidecars = NO_RESOURCES;
    let peak = NO_RESOURCES;
    for (const container of inits) {
      const own = ofContainer(container, defaults);
      if (container.restartPolicy === 'Always') {
        sidecars = add(sidecars, own);
        peak = larger(peak, sidecars);
      } else peak = larger(peak, add(sidecars, own));
    }
    total = larger(add(total, sidecars), peak);
  }
  // Requests of the pod as a whole take the place of its containers' (KEP-2837).
  const whole = spec.resources?.requests;
  if (whole) {
    const resources = parseResources(whole);
    total = { ...total };
    if (whole.cpu !== undefined) total.cpu = resources.cpu;
    if (whole.memory !== undefined) total.memory = resources.memory;
  }
  return spec.overhead ? add(total, parseResources(spec.overhead)) : total;
}
