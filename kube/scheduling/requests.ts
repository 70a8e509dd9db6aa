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

/** Resources that a pod may ask for as a whole (KEP-2837). */
const isPodLevel = (name: string): boolean => name === 'cpu' || name === 'memory' || name.startsWith('hugepages-');

export interface RequestOptions {
  /** Containers without a request count with scoring's defaults. */
  defaults?: boolean;
  /**
   * A resource whose resize the node has not carried out counts with the larger of its values (KEP-1287): the
   * spec says what is wanted, the status what is allocated and what the container runs with.
   */
  status?: boolean;
}

/** The requests of a spec, and what its status says of them. */
interface Stated {
  wanted: Texts;
  actuated: Texts;
  allocated: Texts;
}

/** `determineEffectiveRequests` */
function effective(pod: Pod, { wanted, actuated, allocated }: Stated): Resources {
  const held = larger(parseResources(actuated), parseResources(allocated));
  return isInfeasible(pod) ? held : larger(parseResources(wanted), held);
}

/** A resize that will never be done. */
function isInfeasible({ status }: Pod): boolean {
  return status?.conditions?.find(({ type }) => type === 'PodResizePending')?.reason === 'Infeasible';
}

function ofContainer(pod: Pod, container: Container, options: RequestOptions, resizable: boolean): Resources {
  const wanted = container.resources?.requests;
  let asked = parseResources(wanted);
  let names: Texts = wanted;
  if (options.status && resizable) {
    const statuses = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])];
    const stated = statuses.find(({ name }) => name === container.name);
    if (stated?.resources) {
      const { resources, allocatedResources: allocated } = stated;
      asked = effective(pod, { wanted, actuated: resources.requests, allocated });
      names = { ...(isInfeasible(pod) ? {} : wanted), ...resources.requests, ...allocated };
    }
  }
  if (!options.defaults) return asked;
  const cpu = names?.cpu === undefined ? DEFAULT_CPU : asked.cpu;
  const memory = names?.memory === undefined ? DEFAULT_MEMORY : asked.memory;
  return cpu === asked.cpu && memory === asked.memory ? asked : { ...asked, cpu, memory };
}

export function podRequests(pod: Pod, options: RequestOptions = {}): Resources {
  const spec = pod.spec;
  if (!spec) return NO_RESOURCES;
  let total = NO_RESOURCES;
  for (const container of spec.containers) {
    const own = ofContainer(pod, container, options, true);
    total = total === NO_RESOURCES ? own : add(total, own);
  }
  if (spec.initContainers?.length) {
    let sidecars = NO_RESOURCES;
    let peak = NO_RESOURCES;
    for (const container of spec.initContainers) {
      const isSidecar = container.restartPolicy === 'Always';
      const own = ofContainer(pod, container, options, isSidecar);
      if (isSidecar) {
        sidecars = add(sidecars, own);
        peak = larger(peak, sidecars);
      } else peak = larger(peak, add(sidecars, own));
    }
    total = larger(add(total, sidecars), peak);
  }
  if (spec.resources?.requests) total = ofPod(pod, total, options);
  return spec.overhead ? add(total, parseResources(spec.overhead)) : total;
}

/** Requests of the pod as a whole take the place of its containers'. */
function ofPod(pod: Pod, total: Resources, { status }: RequestOptions): Resources {
  const wanted = pod.spec?.resources?.requests;
  const { resources: actuated, allocatedResources: allocated } = pod.status ?? {};
  const whole =
    status && actuated ? effective(pod, { wanted, actuated: actuated.requests, allocated }) : parseResources(wanted);
  const result = { ...total };
  for (const name of Object.keys(wanted ?? {}).filter(isPodLevel)) {
    if (name === 'cpu') result.cpu = whole.cpu;
    else if (name === 'memory') result.memory = whole.memory;
    else result.scalar = { ...result.scalar, [name]: whole.scalar?.[name] ?? 0 };
  }
  return result;
}
