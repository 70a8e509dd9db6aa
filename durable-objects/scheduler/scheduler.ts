/**
 * The runner: follows the log, decides in slices, binds in parallel (writes that arrive together commit together).
 * All it keeps is in memory: when a pod waits after a wake, nodes and pods are read again.
 */
import type { Pod } from '../../kube/types.ts';
import type { Change, Random, RequestPort } from '../controllers/runtime/ports.ts';
import { Follower, type FollowerPorts, type Follows, type Seen } from '../follow/follower.ts';
import { bind, type Decided, sayFailed, sayScheduled, sayUnschedulable } from './act.ts';
import type { ClusterEvent, Profile } from './framework.ts';
import { Ledger } from './ledger.ts';
import { DEFAULT_PROFILE } from './plugins/index.ts';
import { projectPod } from './projections.ts';
import { Queue, type Waiting } from './queue.ts';
import { reader } from './reader.ts';
import { type Chosen, type Outcome, schedule, type Unschedulable } from './schedule.ts';
import { Snapshot } from './snapshot.ts';

/** `notes` remember that no pod waits. */
export interface SchedulerPorts extends FollowerPorts {
  request: RequestPort['request'];
  random: Random;
  profile?: Profile;
}

export interface Scheduler {
  /** Starts to follow the log. Once per life of the object. The cluster is read, in slices, once a pod waits. */
  wake(): void;
  /** The timer {@link SCHEDULER_TIMER} has come due. */
  alarm(): void;
  /** Resolves when nothing more can be done for now. */
  idle(): Promise<void>;
}

/** The one timer: the end of the earliest back-off. */
export const SCHEDULER_TIMER = 'scheduler/back-off';

const PREFIXES = ['pods/', 'nodes/', 'persistentvolumeclaims/', 'persistentvolumes/'];
/** Pods decided before others get a turn. */
const SLICE = 50;
/** Bindings under way at most. */
const MAX_BINDING = 400;

export function createScheduler(ports: SchedulerPorts): Scheduler {
  return new Runner(ports);
}

class Runner implements Scheduler, Follows {
  readonly note = 'scheduler';
  readonly timer = SCHEDULER_TIMER;
  readonly prefixes = ['nodes/', 'pods/'];
  readonly #ports: SchedulerPorts;
  readonly #profile: Profile;
  readonly #reader: ReturnType<typeof reader>;
  readonly #snapshot: Snapshot;
  readonly #queue: Queue;
  readonly #ledger: Ledger;
  readonly #follower: Follower;

  constructor(ports: SchedulerPorts) {
    this.#ports = ports;
    this.#profile = ports.profile ?? DEFAULT_PROFILE;
    this.#reader = reader(ports.read);
    this.#snapshot = new Snapshot(this.#reader);
    this.#queue = new Queue(this.#profile.plugins);
    this.#ledger = new Ledger(this.#snapshot, this.#queue, this.#profile.plugins);
    this.#follower = new Follower(ports, this);
  }

  wake(): void {
    this.#follower.wake();
  }

  alarm(): void {
    this.#follower.alarm();
  }

  idle(): Promise<void> {
    return this.#follower.idle();
  }

  concerns(change: Change, following: boolean): 'work' | 'knowledge' | undefined {
    if (!PREFIXES.some((prefix) => change.key.startsWith(prefix))) return undefined;
    // While the cluster is followed the queue tells exactly.
    return isWaiting(change, !following) ? 'work' : 'knowledge';
  }

  scanned(item: Seen): void {
    this.#ledger.take(item, new Set());
  }

  changed(items: readonly Seen[]): void {
    const events = new Set<ClusterEvent>();
    for (const item of items) this.#ledger.take(item, events);
    if (events.size > 0) this.#queue.happened(events, this.#ports.clock.now());
  }

  work(now: number): void {
    this.#reader.clear();
    this.#queue.release(now);
    if (!this.#queue.empty) this.#follower.working();
    for (let i = 0; i < SLICE && this.#follower.requests < MAX_BINDING; i++) {
      const waiting = this.#queue.pop();
      if (!waiting) break;
      this.#decide(waiting);
    }
  }

  ready(): boolean {
    return this.#queue.ready > 0 && this.#follower.requests < MAX_BINDING;
  }

  settled(): boolean {
    return this.#queue.empty;
  }

  nextDue(): number | undefined {
    return this.#queue.nextDue;
  }

  #decide(waiting: Waiting): void {
    const stored = this.#ports.read.get(waiting.key);
    const pod = stored && (JSON.parse(stored.text) as Pod);
    if (!pod || pod.metadata.uid !== waiting.uid || pod.spec?.nodeName || pod.metadata.deletionTimestamp) {
      // The log says so, too: it is on its way here.
      this.#queue.done(waiting);
      return;
    }
    const info = projectPod(waiting.key, pod, stored.revision);
    const decided = { waiting, pod, info };
    let outcome: Outcome;
    try {
      outcome = schedule(pod, this.#snapshot, this.#ports.random, { profile: this.#profile, info });
    } catch (error) {
      // One pod that cannot be decided on must not hold up the others.
      outcome = { unschedulable: `scheduling failed: ${String(error)}`, plugins: new Set() };
    }
    this.#follower.track('node' in outcome ? this.#bind(decided, outcome) : this.#giveUp(decided, outcome));
  }

  async #bind(decided: Decided, { node, cycle }: Chosen): Promise<void> {
    const { waiting, info } = decided;
    this.#ledger.assume(info, node);
    const failed = await bind(this.#ports, this.#profile.plugins, decided, cycle, node);
    if (failed === undefined) {
      this.#queue.done(waiting);
      return sayScheduled(this.#ports, decided, node);
    }
    const freed = this.#ledger.forget(info);
    this.#follower.catchUp();
    const now = this.#ports.clock.now();
    // Deleted, or bound by somebody else: then it is not in the queue any more.
    this.#queue.failed(waiting, failed.plugins, now);
    // What the pod held is there for others, as if it had been deleted (`handleBindingCycleError`).
    if (freed) this.#queue.happened(new Set(['pod-removed']), now, waiting.key);
    if (this.#ports.read.get(info.key)) await sayFailed(this.#ports, decided, failed.message);
  }

  #giveUp(decided: Decided, { unschedulable, plugins }: Unschedulable): Promise<void> {
    this.#queue.failed(decided.waiting, plugins, this.#ports.clock.now());
    return sayUnschedulable(this.#ports, decided, unschedulable);
  }
}

/** A pod without a node. */
function isWaiting({ key, change, text }: Change, exactly: boolean): boolean {
  if (!key.startsWith('pods/') || change === 'delete') return false;
  if (!text.includes('"nodeName":"')) return true;
  // A label may have that name, too.
  return exactly && !(JSON.parse(text) as Pod).spec?.nodeName;
}
