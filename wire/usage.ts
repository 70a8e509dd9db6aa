/** The use of CPU and memory that a node measured, as its agent sends it when the cluster asks (`socket.ts`). */
import type { NodeReport } from '../kube/usage/usage.ts';

/**
 * `cpu` in billionths of a CPU, `memory` in bytes, `total` in nanoseconds of CPU since the start, `startedAt` in
 * milliseconds since the epoch; the last two where they are known.
 */
type Amounts = readonly [cpu: number, memory: number, total?: number, startedAt?: number];

export interface UsageMessage {
  type: 'usage';
  /** Of the question. */
  id: number;
  /** The end of the time that was measured, in milliseconds since the epoch, and its length in milliseconds. */
  at: number;
  window: number;
  node: Amounts;
  /** The keys of those who follow what has changed; present where the agent was not asked, and `id` is 0. */
  changed?: readonly string[];
  /** By the uids of pods: their running containers. */
  pods: readonly (readonly [uid: string, containers: readonly (readonly [name: string, ...Amounts])[]])[];
}

/** Beneath a cluster: `durable-objects/wiring/usage-hour.ts` has its query. */
export const USAGE_HOUR_PATH = '/islet/v1/usage-hour';

/** By minutes: of now, a minute ago, and so on for an hour; null where nothing was measured. */
export type Minutes = readonly (readonly [cpu: number, memory: number] | null)[];

/** From an agent, which was asked what it remembers. */
export interface RecalledUsageMessage {
  type: 'recalled-usage';
  /** Of the question. */
  id: number;
  minutes: Minutes;
}

const MAX_MINUTES = 60;

/** undefined for anything else. `message` is parsed JSON. */
export function checkRecalled(message: object): RecalledUsageMessage | undefined {
  const { id, minutes } = message as Partial<Record<keyof RecalledUsageMessage, unknown>>;
  if (!Number.isSafeInteger(id) || !Array.isArray(minutes) || minutes.length > MAX_MINUTES) return undefined;
  const isOne = (minute: unknown) => minute === null || (isAmounts(minute) && (minute as unknown[]).length === 2);
  return minutes.every(isOne) ? (message as RecalledUsageMessage) : undefined;
}

/** undefined for anything else. `message` is parsed JSON. */
export function checkUsage(message: object): UsageMessage | undefined {
  const { id, at, window, node, pods, changed = [] } = message as Partial<Record<keyof UsageMessage, unknown>>;
  if (!Number.isSafeInteger(id) || !isTime(at) || !isAmount(window) || !isAmounts(node)) return undefined;
  if (!Array.isArray(changed) || changed.length > MAX_FOLLOWERS) return undefined;
  if (!changed.every((key) => typeof key === 'string')) return undefined;
  if (!Array.isArray(pods) || !pods.every(isPod)) return undefined;
  return message as UsageMessage;
}

/** Of one node. */
export const MAX_FOLLOWERS = 1000;

/** The subjects that one follower wants to be told of. */
export interface UsageFollow {
  /** The key of the object whose result depends on it. */
  key: string;
  /** By node, the uids of pods. */
  nodes: Readonly<Record<string, readonly string[]>>;
  resources: readonly FollowedResource[];
}

export type FollowedResource = 'cpu' | 'memory';

export function reportOf({ at, window, node, pods }: UsageMessage): NodeReport {
  return {
    at,
    window,
    node: amountsOf(node),
    pods: new Map(pods.map(([uid, all]) => [uid, all.map(([name, ...one]) => ({ name, ...amountsOf(one) }))])),
  };
}

function amountsOf([cpu, memory, total, startedAt]: Amounts): NodeReport['node'] {
  return { cpu, memory, ...(total === undefined ? {} : { total }), ...(startedAt === undefined ? {} : { startedAt }) };
}

function isPod(pod: unknown): boolean {
  if (!Array.isArray(pod) || pod.length !== 2 || typeof pod[0] !== 'string' || !Array.isArray(pod[1])) return false;
  return pod[1].every((one) => Array.isArray(one) && typeof one[0] === 'string' && isAmounts(one.slice(1)));
}

function isAmounts(value: unknown): boolean {
  if (!Array.isArray(value) || value.length < 2 || value.length > 4) return false;
  const [cpu, memory, total = 0, startedAt = 0] = value as unknown[];
  // The CPU nanoseconds of a large machine exceed the safe integers within days.
  return isAmount(cpu) && isAmount(memory) && Number.isFinite(total) && (total as number) >= 0 && isTime(startedAt);
}

function isAmount(value: unknown): boolean {
  return Number.isFinite(value) && (value as number) >= 0 && (value as number) <= Number.MAX_SAFE_INTEGER;
}

/** The years that RFC 3339 can print. */
function isTime(value: unknown): boolean {
  return isAmount(value) && (value as number) < 253_402_300_800_000;
}
