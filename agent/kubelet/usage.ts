/**
 * Measures what the node and its containers use, when the cluster asks: CPU between two looks, the earlier of which is
 * that of the last question, where that is not long ago, or else a second before.
 */
import type { Pod } from '../../kube/types.ts';
import type { NodeReader } from '../../kube/usage/pages.ts';
import { reportSummary } from '../../kube/usage/summary.ts';
import type { Usage } from '../../kube/usage/usage.ts';
import { reportOf, type UsageMessage } from '../../wire/usage.ts';
import { type Clock, sleep } from '../clock.ts';
import type { ContainerEntry, ContainerStats, Runtime } from '../runtimes/runtime.ts';
import { CONTAINER_NAME, isOwn, type Owner, POD_UID } from './labels.ts';

export interface UsagePorts {
  runtime: Pick<Runtime, 'containers' | 'stats'>;
  clock: Clock;
  owner: Owner;
  /** Of the machine: nanoseconds of CPU since it started, and bytes in use. */
  machine(): Usage;
}

type Amounts = [cpu: number, memory: number, total: number, startedAt: number];

interface Look {
  at: number;
  machine: Usage;
  /** By container. */
  stats: ReadonlyMap<string, ContainerStats>;
}

const SHORTEST_MS = 1000;
const LONGEST_MS = 60_000;
const NANO_OF_MS = 1_000_000;

export class UsageMeter {
  readonly #ports: UsagePorts;
  #before: Look | undefined;

  constructor(ports: UsagePorts) {
    this.#ports = ports;
  }

  /** Rejects when the runtime cannot be asked. */
  async measure(id: number): Promise<UsageMessage> {
    const { clock, runtime, owner } = this.#ports;
    const before = this.#recent() ?? (await this.#look());
    const missing = SHORTEST_MS - (clock.now() - before.at);
    if (missing > 0) await sleep(clock, missing);
    const [look, containers] = await Promise.all([this.#look(), runtime.containers()]);
    this.#before = look;
    const window = Math.max(1, look.at - before.at);
    const pods = new Map<string, [name: string, ...Amounts][]>();
    for (const container of containers) {
      if (container.state !== 'running' || !isOwn(container.labels, owner)) continue;
      const used = usedBy(container, before, look);
      const uid = container.labels[POD_UID];
      if (!used || uid === undefined) continue;
      const name = container.labels[CONTAINER_NAME] ?? container.name;
      pods.set(uid, [...(pods.get(uid) ?? []), [name, used.cpu, used.memory, used.total, container.createdAt]]);
    }
    const cpu = rate(before.machine.cpu, look.machine.cpu, window);
    const { cpu: total, memory } = look.machine;
    return { type: 'usage', id, at: look.at, window, node: [cpu, memory, total], pods: [...pods] };
  }

  /** A look that is not too old. The clock may have been set back. */
  #recent(): Look | undefined {
    const age = this.#before ? this.#ports.clock.now() - this.#before.at : -1;
    return age >= 0 && age <= LONGEST_MS ? this.#before : undefined;
  }

  async #look(): Promise<Look> {
    const { runtime, clock, machine } = this.#ports;
    const stats = await runtime.stats();
    return { at: clock.now(), machine: machine(), stats: new Map(stats.map((one) => [one.id, one])) };
  }
}

/** undefined for a container of which the runtime knows nothing. One that began in between is averaged over its life. */
function usedBy({ id, createdAt }: ContainerEntry, before: Look, look: Look): (Usage & { total: number }) | undefined {
  const now = look.stats.get(id);
  if (!now) return undefined;
  const then = before.stats.get(id) ?? { cpu: 0, at: createdAt };
  return { cpu: rate(then.cpu, now.cpu, now.at - then.at), memory: now.memory, total: now.cpu };
}

/** Billionths of a CPU; 0 where the runtime has looked no second time. */
function rate(before: number, after: number, milliseconds: number): number {
  if (milliseconds <= 0) return 0;
  return Math.max(0, Math.round(((after - before) / (milliseconds * NANO_OF_MS)) * 1_000_000_000));
}

/** The node as the agent's own server tells of it. Requests at the same time share one measurement. */
export function nodeReader(name: string, meter: Pick<UsageMeter, 'measure'>, pods: () => Iterable<Pod>): NodeReader {
  let measuring: Promise<UsageMessage> | undefined;
  const measure = (): Promise<UsageMessage> => {
    measuring ??= meter.measure(0).finally(() => {
      measuring = undefined;
    });
    return measuring;
  };
  return {
    pods: () => [...pods()],
    summary: async () => reportSummary(name, reportOf(await measure()), [...pods()]),
  };
}
