/**
 * Tells the cluster when what pods use has changed, for those who follow it there: so an autoscaler's object can sleep
 * while nothing does. A change is told again and again until the follower has looked, which it says by following anew.
 */

import type { FollowUsageMessage } from '../../wire/socket.ts';
import { type FollowedResource, MAX_FOLLOWERS, type UsageMessage } from '../../wire/usage.ts';
import type { Clock } from '../clock.ts';

export interface UsageFollowerPorts {
  clock: Clock;
  /** Rejects when the runtime cannot be asked. */
  measure(): Promise<UsageMessage>;
  send(message: UsageMessage): void;
}

/** As often as metrics-server asks kubelets. */
const INTERVAL_MS = 15_000;
/** The share of a value by which another one counts as the same. */
const SHARE = 0.02;
/** Less than this is noise: a thousandth of a CPU in billionths, and bytes. */
const NOISE = { cpu: 1_000_000, memory: 1024 * 1024 };
/** Looks at which none of the pods runs, after which they are followed no more: what starts is followed anew. */
const PATIENCE = 4;

interface Follower {
  pods: ReadonlySet<string>;
  resources: readonly FollowedResource[];
  /** What the follower knows. */
  known: Totals;
  /** Looks at which none of the pods ran. */
  idle: number;
}

interface Totals {
  /** The containers that were measured. */
  measured: string;
  /** By the names of containers, over all pods. */
  sums: ReadonlyMap<string, Record<FollowedResource, number>>;
}

export class UsageFollower {
  readonly #ports: UsageFollowerPorts;
  readonly #followers = new Map<string, Follower>();
  /** What the cluster was told last, as an answer or by itself. */
  #told: UsageMessage | undefined;
  #cancel: (() => void) | undefined;
  #isStopped = false;

  constructor(ports: UsageFollowerPorts) {
    this.#ports = ports;
  }

  /** The cluster was told this, since it asked. */
  told(usage: UsageMessage): void {
    this.#told = usage;
  }

  follow({ key, pods, resources }: FollowUsageMessage): void {
    const uids = new Set(pods);
    if (this.#followers.size >= MAX_FOLLOWERS && !this.#followers.has(key)) return;
    this.#followers.set(key, { pods: uids, resources, known: totals(this.#told, uids), idle: 0 });
    this.#cancel ??= this.#later();
  }

  unfollow(key: string): void {
    this.#followers.delete(key);
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
  }

  #later(): (() => void) | undefined {
    if (this.#isStopped || this.#followers.size === 0) return undefined;
    return this.#ports.clock.after(INTERVAL_MS, () => {
      // A runtime that cannot be asked now is asked again.
      this.#look()
        .catch(() => {})
        .finally(() => {
          this.#cancel = this.#later();
        });
    });
  }

  async #look(): Promise<void> {
    const usage = await this.#ports.measure();
    const changed: string[] = [];
    for (const [key, follower] of this.#followers) {
      const now = totals(usage, follower.pods);
      follower.idle = now.sums.size === 0 ? follower.idle + 1 : 0;
      if (follower.idle >= PATIENCE) this.#followers.delete(key);
      else if (differ(follower.known, now, follower.resources)) changed.push(key);
    }
    if (changed.length === 0 || this.#isStopped) return;
    this.#told = usage;
    this.#ports.send({ ...usage, id: 0, changed });
  }
}

function totals(usage: UsageMessage | undefined, uids: ReadonlySet<string>): Totals {
  const sums = new Map<string, Record<FollowedResource, number>>();
  const measured: string[] = [];
  for (const [uid, containers] of usage?.pods ?? []) {
    if (!uids.has(uid)) continue;
    for (const [name, cpu, memory] of containers) {
      measured.push(`${uid}/${name}`);
      const sum = sums.get(name);
      sums.set(name, { cpu: (sum?.cpu ?? 0) + cpu, memory: (sum?.memory ?? 0) + memory });
    }
  }
  return { measured: measured.sort().join(), sums };
}

function differ(known: Totals, now: Totals, resources: readonly FollowedResource[]): boolean {
  if (known.measured !== now.measured) return true;
  return [...now.sums].some(([name, sum]) =>
    resources.some((resource) => {
      const before = known.sums.get(name)?.[resource] ?? 0;
      return Math.abs(sum[resource] - before) > Math.max(before * SHARE, NOISE[resource]);
    }),
  );
}
