/**
 * Keeps what the node and its pods used in each minute of the last hour, in memory: the machine is awake anyway, and the
 * cluster's object need not be. A page that is opened has it from here.
 */
import type { Minutes, RecalledUsageMessage, UsageMessage } from '../../wire/usage.ts';
import type { Clock } from '../clock.ts';

export interface UsageHourPorts {
  clock: Clock;
  /** Rejects when the runtime cannot be asked. */
  measure(): Promise<UsageMessage>;
}

type Used = readonly [cpu: number, memory: number];

interface Minute {
  /** Minutes since the epoch. */
  at: number;
  node: Used;
  /** By uid: the sum of the pod's containers. */
  pods: ReadonlyMap<string, Used>;
}

const MINUTE_MS = 60_000;
const HOUR = 60;
/** The longest time over which the meter takes the rate of CPU is a minute. */
const INTERVAL_MS = 55_000;

export class UsageHour {
  readonly #ports: UsageHourPorts;
  #minutes: Minute[] = [];
  #cancel: (() => void) | undefined;
  #isStopped = false;

  constructor(ports: UsageHourPorts) {
    this.#ports = ports;
  }

  start(): void {
    this.#ports.measure().then(
      (usage) => this.#keep(usage),
      // A runtime that cannot be asked now is asked again; the minute is left out.
      () => {},
    );
    if (!this.#isStopped) this.#cancel = this.#ports.clock.after(INTERVAL_MS, () => this.start());
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
  }

  answer({ id, pods }: { id: number; pods?: readonly string[] }): RecalledUsageMessage {
    return { type: 'recalled-usage', id, minutes: this.recall(pods) };
  }

  /** Of the node, or of these pods together: now, a minute ago, and so on; null where nothing is known. */
  recall(uids?: readonly string[]): Minutes {
    const now = minuteOf(this.#ports.clock.now());
    const minutes: (Used | null)[] = Array.from({ length: HOUR }, () => null);
    for (const minute of this.#minutes) {
      const ago = now - minute.at;
      if (ago < 0 || ago >= HOUR) continue;
      minutes[ago] = uids ? sumOf(uids.flatMap((uid) => [minute.pods.get(uid)].filter((one) => !!one))) : minute.node;
    }
    return minutes;
  }

  #keep({ node: [cpu, memory], pods }: UsageMessage): void {
    const at = minuteOf(this.#ports.clock.now());
    const sums = new Map<string, Used>();
    for (const [uid, containers] of pods) {
      const sum = sumOf(containers.map(([, cpu, memory]) => [cpu, memory] as const));
      if (sum) sums.set(uid, sum);
    }
    // Minutes that are ahead are of before the clock was set back.
    const others = this.#minutes.filter((minute) => minute.at < at && minute.at > at - HOUR);
    this.#minutes = [...others, { at, node: [cpu, memory], pods: sums }];
  }
}

function minuteOf(time: number): number {
  return Math.floor(time / MINUTE_MS);
}

function sumOf(all: readonly Used[]): Used | null {
  if (all.length === 0) return null;
  return all.reduce<Used>(([cpu, memory], one) => [cpu + one[0], memory + one[1]], [0, 0]);
}
