/**
 * The scheduling framework (`pkg/scheduler/framework/interface.go`, KEP-624): a plugin is one object that implements any
 * of the extension points. Per-pod state is kept in a {@link Cycle} under a key of the plugin's own.
 */
import type { Pod } from '../../kube/types.ts';
import type { PodInfo } from './projections.ts';
import type { NodeInfo, Snapshot } from './snapshot.ts';

/** Why a node, or the pod as a whole, was turned down. */
export interface Rejection {
  /** Removing other pods could not help (`UnschedulableAndUnresolvable`). */
  unresolvable: boolean;
  reasons: readonly string[];
}

export const unresolvable = (...reasons: string[]): Rejection => ({ unresolvable: true, reasons });
export const unschedulable = (...reasons: string[]): Rejection => ({ unresolvable: false, reasons });

/** State of one scheduling cycle. */
export class Cycle {
  readonly pod: Pod;
  readonly info: PodInfo;
  readonly snapshot: Snapshot;
  readonly #bag = new Map<string, unknown>();

  constructor(pod: Pod, info: PodInfo, snapshot: Snapshot) {
    this.pod = pod;
    this.info = info;
    this.snapshot = snapshot;
  }

  get<T>(key: string): T | undefined {
    return this.#bag.get(key) as T | undefined;
  }

  set(key: string, value: unknown): void {
    this.#bag.set(key, value);
  }
}

/** Something happened in the cluster that may help a pod that was turned down. */
export type ClusterEvent =
  | 'node-added'
  | 'node-allocatable'
  | 'node-labels'
  | 'node-taints'
  | 'node-removed'
  /** A pod came to run on a node. */
  | 'pod-assigned'
  /** A pod left its node, or ended. */
  | 'pod-removed'
  | 'pod-labels'
  | 'volume';

export interface QueuedPod {
  key: string;
  priority: number;
  /** When it entered the queue first, in order of arrival. */
  arrival: number;
}

/** `skip`: this plugin has nothing to say on this pod; its Filter (or Score) is left out. */
export type PreFilterResult = 'skip' | Rejection | { only: ReadonlySet<string> } | undefined;

export interface Plugin {
  name: string;
  /** Events after which a pod that this plugin rejected is tried again; a change of the pod itself always is one. */
  wakesOn?: readonly ClusterEvent[];
  /** QueueSort: negative when `a` goes first. */
  compare?(a: QueuedPod, b: QueuedPod): number;
  /** A pod that is turned down here does not enter the queue until it is changed. */
  preEnqueue?(pod: Pod): Rejection | undefined;
  preFilter?(cycle: Cycle): PreFilterResult;
  filter?(cycle: Cycle, node: NodeInfo): Rejection | undefined;
  /** Called when no node is left; what it says is added to the message. */
  postFilter?(cycle: Cycle, rejected: ReadonlyMap<string, Rejection>): string | undefined;
  preScore?(cycle: Cycle, nodes: readonly NodeInfo[]): 'skip' | undefined;
  score?(cycle: Cycle, node: NodeInfo): number;
  /** Brings its own scores (one for each node) to 0…100, in place. */
  normalize?(cycle: Cycle, scores: number[], nodes: readonly NodeInfo[]): void;
  reserve?(cycle: Cycle, node: NodeInfo): Rejection | undefined;
  unreserve?(cycle: Cycle, node: NodeInfo): void;
  /** Replaces the binding request. The promise is of what went wrong, if anything did. */
  bind?(cycle: Cycle, node: NodeInfo): Promise<string | undefined>;
}

export interface Profile {
  plugins: readonly Plugin[];
  /** Of the plugins that score, by name. */
  weights: Readonly<Record<string, number>>;
}

export const MAX_SCORE = 100;

/** `DefaultNormalizeScore`: the highest becomes 100; reversed, the lowest does. */
export function normalizeToMax(scores: number[], reverse: boolean): void {
  let max = 0;
  for (const score of scores) if (score > max) max = score;
  for (let i = 0; i < scores.length; i++) {
    if (max === 0) scores[i] = reverse ? MAX_SCORE : (scores[i] ?? 0);
    else {
      const scaled = Math.floor((MAX_SCORE * (scores[i] ?? 0)) / max);
      scores[i] = reverse ? MAX_SCORE - scaled : scaled;
    }
  }
}
