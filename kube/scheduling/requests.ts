/** How much a pod asks for (`component-helpers/resource/helpers.go`, PodRequests; KEP-753 for sidecars). */
import { milliOf, unitsOf } from '../machinery/quantity.ts';
import type { Container, Pod } from '../types.ts';

/** CPU in thousandths of a core; memory and storage in bytes; others in whole units. */
export interface Amounts {
  cpu: number;
  memory: number;
  storage: number;
  /** Extended resources and huge pages. */
  others?: Readonly<Record<string, number>>;
}

type Texts = Readonly<Record<string, string>> | undefined;

export const NOTHING: Amounts = { cpu: 0, memory: 0, storage: 0 };
/** What scoring takes for a container that names no request (`util/pod_resources.go`). */
const DEFAULT_CPU = 100;
const DEFAULT_MEMORY = 200 * 1024 * 1024;

export function amountsOf(texts: Texts): Amounts {
  if (!texts) return NOTHING;
  const amounts: Amounts = { cpu: 0, memory: 0, storage: 0 };
  let others: Record<string, number> | undefined;
  for (const name in texts) {
    if (name === 'cpu') amounts.cpu = milliOf(texts[name]);
    else if (name === 'memory') amounts.memory = unitsOf(texts[name]);
    else if (name === 'ephemeral-storage') amounts.storage = unitsOf(texts[name]);
    else if (name !== 'pods') {
      others ??= {};
      others[name] = unitsOf(texts[name]);
    }
  }
  if (others) amounts.others = others;
  return amounts;
}

function combine(a: Amounts, b: Amounts, with_: (x: number, y: number) => number): Amounts {
  const result: Amounts = {
    cpu: with_(a.cpu, b.cpu),
    memory: with_(a.memory, b.memory),
    storage: with_(a.storage, b.storage),
  };
  if (a.others || b.others) {
    const others: Record<string, number> = { ...a.others };
    for (const name in b.others) others[name] = with_(others[name] ?? 0, b.others[name] ?? 0);
    result.others = others;
  }
  return result;
}

const plus = (x: number, y: number): number => x + y;
const add = (a: Amounts, b: Amounts): Amounts => combine(a, b, plus);
const larger = (a: Amounts, b: Amounts): Amounts => combine(a, b, Math.max);

function ofContainer(container: Container, defaults: boolean): Amounts {
  const requests = container.resources?.requests;
  if (!defaults) return amountsOf(requests);
  const amounts = { ...amountsOf(requests) };
  if (requests?.cpu === undefined) amounts.cpu = DEFAULT_CPU;
  if (requests?.memory === undefined) amounts.memory = DEFAULT_MEMORY;
  return amounts;
}

/** `defaults`: containers without a request count with scoring's defaults. */
export function podRequests(pod: Pod, defaults = false): Amounts {
  const spec = pod.spec;
  if (!spec) return NOTHING;
  const inits = spec.initContainers;
  let total = NOTHING;
  if (spec.containers.length === 1 && !inits?.length) total = ofContainer(spec.containers[0] as Container, defaults);
  else for (const container of spec.containers) total = add(total, ofContainer(container, defaults));
  if (inits?.length) {
    let sidecars = NOTHING;
    let peak = NOTHING;
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
    const amounts = amountsOf(whole);
    total = { ...total };
    if (whole.cpu !== undefined) total.cpu = amounts.cpu;
    if (whole.memory !== undefined) total.memory = amounts.memory;
  }
  return spec.overhead ? add(total, amountsOf(spec.overhead)) : total;
}
