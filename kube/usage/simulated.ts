/**
 * The use of CPU and memory by pods whose containers are simulated: what their annotations say, or that of a process
 * that idles.
 */
import { parseQuantity } from '../machinery/quantity.ts';
import type { Pod } from '../types.ts';
import type { ContainerUsage, Measured, NodeUsage, Usage } from './usage.ts';

/** Quantities, of the whole pod: `250m`, `64Mi`. Its running containers share them evenly. */
export const SIMULATED_CPU = 'islet.dev/simulated-cpu';
export const SIMULATED_MEMORY = 'islet.dev/simulated-memory';

/** Of each container, where there is no annotation: 1m and 8Mi. */
const IDLE: Usage = { cpu: 1_000_000, memory: 8 * 1024 * 1024 };
/** The use of a machine beside its pods: 50m and 256Mi. */
export const SIMULATED_SYSTEM: Usage = { cpu: 50_000_000, memory: 256 * 1024 * 1024 };
const WINDOW = 15_000;

/** The running containers, in the order of the pod's spec. `at`: for the CPU that they have used up to then. */
export function simulatedUsage({ metadata, spec, status }: Pod, at?: number): ContainerUsage[] {
  const { annotations = {} } = metadata;
  const statuses = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])];
  const running = new Map(
    statuses.flatMap(({ name, state }) => (state?.running ? [[name, state.running.startedAt] as const] : [])),
  );
  const names = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])]
    .map(({ name }) => name)
    .filter((name) => running.has(name));
  const cpu = annotated(annotations[SIMULATED_CPU], 1_000_000_000);
  const memory = annotated(annotations[SIMULATED_MEMORY], 1);
  return names.map((name) => {
    const used = {
      cpu: cpu === undefined ? IDLE.cpu : cpu / names.length,
      memory: memory === undefined ? IDLE.memory : memory / names.length,
    };
    return { name, ...(at === undefined ? used : since(used, Date.parse(running.get(name) ?? ''), at)) };
  });
}

/** The usage with the CPU time since the start, as if it had always been as high. */
export function since(usage: Usage, startedAt: number, at: number): NodeUsage {
  if (Number.isNaN(startedAt)) return usage;
  const total = Math.min((usage.cpu * Math.max(0, at - startedAt)) / 1000, Number.MAX_SAFE_INTEGER);
  return { ...usage, total, startedAt };
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
