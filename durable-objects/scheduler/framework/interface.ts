/**
 * The scheduling framework (`pkg/scheduler/framework/interface.go`, KEP-624): a plugin is one object that implements
 * any of the extension points. Every one of them decides and returns data; the scheduler alone makes requests.
 */
import type { Pod } from '../../../kube/types.ts';
import type { RequestPort } from '../../controllers/runtime/ports.ts';
import type { NodeInfo } from '../cache/node-info.ts';
import type { PodInfo } from '../cache/projections.ts';
import type { Snapshot } from '../cache/snapshot.ts';
import type { Hint } from '../queue/observed-events.ts';
import type { CycleState } from './cycle-state.ts';
import type { ClusterEvent } from './events.ts';
import type { Rejection } from './rejection.ts';

/** The status of each node that was not feasible (`NodeToStatus`). */
export interface NodeStatuses {
  explicit: ReadonlyMap<string, Rejection>;
  /** The nodes that no Filter looked at. */
  absent: Rejection;
}

export interface QueuedPod {
  key: string;
  priority: number;
  /** The order in which pods came, or were refused last. */
  arrival: number;
}

/**
 * `skip`: this plugin has nothing to say on this pod, and its Filter is left out. `only`: all other nodes are left out.
 */
export type PreFilterResult = 'skip' | Rejection | { only: ReadonlySet<string> } | undefined;

export interface PostFilterResult {
  /** Added to the message of the pod that fits nowhere. */
  message?: string;
  /** Something went wrong: no other plugin's message is told beside it, and none is asked any more. */
  failed?: true;
  /** The node on which room is being made; '' when there is none any more. Left out, the nomination stays as it is. */
  nominatedNodeName?: string;
  /** Pods to be deleted to make that room. */
  victims?: readonly PodInfo[];
  /** Further requests that make that room. */
  requests?: Requests<string | undefined>;
}

/** A request of the scheduler's user. */
export type Write = Pick<Parameters<RequestPort['request']>[0], 'method' | 'path' | 'contentType' | 'body'>;

export type Answer = Awaited<ReturnType<RequestPort['request']>>;

/** Requests one after another, each made of the answers before it. */
export type Requests<T> = Generator<Write, T, Answer>;

/**
 * Requests before the pod is bound. They end with an error, with the wait for what they have begun, or with nothing where
 * the pod may be bound.
 */
export interface Preparation {
  requests: Requests<string | Wait | undefined>;
}

/** Something is wrong that has nothing to do with the node: the pod is tried again after its back-off. */
export class PluginError extends Error {}

/**
 * The pod must wait for an event that the plugin wakes on. It is nominated to its node, in its status, and scheduled
 * anew on that event, on this node where it still fits: nothing is remembered meanwhile but the written status.
 */
export interface Wait {
  /** Milliseconds after which the node is given up. */
  timeout: number;
  /** Sent first: it hands the decision to the component that acts on it. */
  writes?: readonly Write[];
  /** Called once these were sent, or one of them was refused. */
  written?(): void;
  /** The error of PreBind once the time has passed; upstream's words for a wait of Permit where left out. */
  expired?: string;
  /** Told when the wait begins. */
  event?: { reason: string; message: string };
}

export interface Plugin {
  name: string;
  /** The nodes that get a high score from it, by a name in `PREFERENCES` of `wire/why-words.ts`. */
  prefers?: string;
  /**
   * Events after which a pod that this plugin rejected, or lets wait, is tried again. A change of the pod itself always
   * is one.
   */
  wakesOn?: readonly ClusterEvent[];
  /** Whether such an event may help a pod that this plugin rejected; left out, any may. */
  hint?: Hint;
  /** Further events after which this pod is. */
  wakesPodOn?(pod: Pod): readonly ClusterEvent[];
  /**
   * SignPod: all that its Filter and Score depend on beside the node. Left out where they depend on more, and undefined for a
   * pod whose answers do.
   */
  sign?(pod: Pod, info: PodInfo): unknown;
  /** QueueSort: negative when `a` goes first. */
  queueSort?(a: QueuedPod, b: QueuedPod): number;
  /** PreEnqueue: a pod that is rejected here does not enter the queue until it is changed, or an event of its own. */
  preEnqueue?(pod: Pod, snapshot: Snapshot): Rejection | undefined;
  preFilter?(cycle: CycleState): PreFilterResult;
  /** PreFilterExtensions: the data that PreFilter kept follows a pod that is taken to run on a node, or not to. */
  addPod?(cycle: CycleState, pod: PodInfo, node: NodeInfo): void;
  removePod?(cycle: CycleState, pod: PodInfo, node: NodeInfo): void;
  filter?(cycle: CycleState, node: NodeInfo): Rejection | undefined;
  /** Called when no node is left. The first plugin that nominates a node has the last word. */
  postFilter?(cycle: CycleState, statuses: NodeStatuses, random: { next(): number }): PostFilterResult | undefined;
  /** `skip`: Score is left out. */
  preScore?(cycle: CycleState, nodes: readonly NodeInfo[]): 'skip' | undefined;
  score?(cycle: CycleState, node: NodeInfo): number;
  /** Its Score would be the same of every node for this pod, and is left out. */
  abstains?(cycle: CycleState): boolean;
  /** NormalizeScore: brings its own scores (one for each node) to 0…100, in place. */
  normalize?(cycle: CycleState, scores: number[], nodes: readonly NodeInfo[]): void;
  /** Takes the plugin's own share, until Unreserve gives it back or the pod is bound. */
  reserve?(cycle: CycleState, node: NodeInfo): Rejection | undefined;
  unreserve?(cycle: CycleState, node: NodeInfo): void;
  /** Unreserve, as far as requests of PreBind have to be taken back. */
  undo?(cycle: CycleState, node: NodeInfo): Requests<void>;
  permit?(cycle: CycleState, node: NodeInfo): Rejection | Wait | undefined;
  /** Undefined once everything that the pod needs on its node is there. */
  preBind?(cycle: CycleState, node: NodeInfo): Rejection | Wait | Preparation | undefined;
  /** The request that binds the pod. */
  bind?(pod: Pod, node: string): Write;
}

/** Methods of a plugin that a profile can have without the others, in the order in which they run. */
export const EXTENSION_POINTS = [
  'preEnqueue',
  'queueSort',
  'preFilter',
  'filter',
  'postFilter',
  'preScore',
  'score',
  'reserve',
  'permit',
  'preBind',
  'bind',
] as const;

export type ExtensionPoint = (typeof EXTENSION_POINTS)[number];

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
