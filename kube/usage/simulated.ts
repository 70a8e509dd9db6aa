/**
 * The use of CPU and memory by pods whose containers are simulated: what their annotations say, or that of a process
 * that idles.
 */
import { parseQuantity } from '../machinery/quantity.ts';
import type { Pod } from '../types.ts';
import type { ContainerUsage, Measured, Usage } from './usage.ts';

/** Quantities, of the whole pod: `250m`, `64Mi`. Its running containers share them evenly. */
export const SIMULATED_CPU = 'islet.dev/simulated-cpu';
export const SIMULATED_MEMORY = 'islet.dev/simulated-memory';

/** Of each container, where there is no annotation: 1m and 8Mi. */
const IDLE: Usage = { cpu: 1_000_000, memory: 8 * 1024 * 1024 };
/** The use of a machine beside its pods: 50m and 256Mi. */
export const SIMULATED_SYSTEM: Usage = { cpu: 50_000_000, memory: 256 * 1024 * 1024 };
const WINDOW = 15_000;

/** The running containers, in the order of the pod's spec. */
export function simulatedUsage({ metadata, spec, status }: Pod): ContainerUsage[] {
  const { annotations = {} } = metadata;
  const statuses = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])];
  const running = new Set(statuses.filter(({ state }) => state?.running).map(({ name }) => name));
  const names = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])]
    .map(({ name }) => name)
    .filter((name) => running.has(name));
  const cpu = annotated(annotations[SIMULATED_CPU], 1_000_000_000);
  const memory = annotated(annotations[SIMULATED_MEMORY], 1);
  return names.map((name) => ({
    name,
    cpu: cpu === undefined ? IDLE.cpu : cpu / names.length,
    memory: memory === undefined ? IDLE.memory : memory / names.length,
  }));
}

/** undefined for what is no quantity, or a negative one. */
function annotated(text: string | undefined, unit: number): number | undefined {
  const quantity = text === undefined ? undefined : parseQuantity(text);
  if (!quantity || quantity.nano < 0n) return undefined;
  return (Number(quantity.nano) / 1_000_000_000) * unit;
}

/** The quarter of a minute that a time lies in, as if it had just been measured. */
export function simulatedTimes(now: number): Measured {
  return { at: Math.floor(now / WINDOW) * WINDOW, window: WINDOW };
}
