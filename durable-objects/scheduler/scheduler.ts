/**
 * The runner: follows the log, decides in slices, binds in parallel (writes that arrive together commit together).
 * All it keeps is in memory: when a pod waits after a wake, nodes and pods are read again.
 */
import type { Pod } from '../../kube/types.ts';
import type {
  Change,
  Clock,
  LogPort,
  NotePort,
  Random,
  ReadPort,
  RequestPort,
  TimerPort,
} from '../controllers/runtime/ports.ts';
import { bind, type Decided, sayFailed, sayScheduled, sayUnschedulable } from './act.ts';
import type { ClusterEvent, Profile } from './framework.ts';
import { Ledger } from './ledger.ts';
import { DEFAULT_PROFILE } from './plugins/index.ts';
import { projectPod } from './projections.ts';
import { Queue, type Waiting } from './queue.ts';
import { reader } from './reader.ts';
import { type Chosen, type Outcome, schedule, type Unschedulable } from './schedule.ts';
import { Snapshot } from './snapshot.ts';

export interface SchedulerPorts {
  log: LogPort;
  read: ReadPort;
  request: RequestPort['request'];
  timers: TimerPort;
  /** Remembers that no pod waits, so that a wake reads nothing. Without it each wake reads the whole cluster. */
  notes?: NotePort;
  clock: Clock;
  random: Random;
  /** Runs the work soon, after requests that wait have had their turn. */
  defer(work: () => void): void;
  profile?: Profile;
}

export interface Scheduler {
  /** Starts to follow the log. Once per life of the object. The cluster is read, in slices, once a pod waits. */
  wake(): void;
  /** A timer whose id starts with {@link SCHEDULER_TIMER} has come due. */
  alarm(now: number): void;
  /** Resolves when nothing more can be done for now. */
  idle(): Promise<void>;
}

/** The one timer: the end of the earliest back-off. */
export const SCHEDULER_TIMER = 'scheduler/back-off';

/** Whether a pod waits, for the next life to know. */
const NOTE = 'scheduler';
const SETTLED = 'settled';
const WAITING = 'waiting';

const PREFIXES = ['pods/', 'nodes/', 'persistentvolumeclaims/', 'persistentvolumes/'];
const SCAN_PAGE = 500;
/** Pods decided before others get a turn. */
const SLICE = 50;
/** Bindings under way at most. */
const MAX_BINDING = 400;

export function createScheduler(ports: SchedulerPorts): Scheduler {
  return new Runner(ports);
}

class Runner implements Scheduler {
  readonly #ports: SchedulerPorts;
  readonly #profile: Profile;
  readonly #reader: ReturnType<typeof reader>;
  readonly #snapshot: Snapshot;
  readonly #queue: Queue;
  readonly #ledger: Ledger;
  #changes: Change[] = [];
  /** What is still to be scanned; undefined before wake, [] when done. */
  #scan: { prefix: string; after?: string }[] | undefined;
  #deferred = false;
  #requests = 0;
  #timer: number | undefined;
  #idlers: (() => void)[] = [];

  constructor(ports: SchedulerPorts) {
    this.#ports = ports;
    this.#profile = ports.profile ?? DEFAULT_PROFILE;
    this.#reader = reader(ports.read);
    this.#snapshot = new Snapshot(this.#reader);
    this.#queue = new Queue(this.#profile.plugins);
    this.#ledger = new Ledger(this.#snapshot, this.#queue, this.#profile.plugins);
  }

  wake(): void {
    this.#ports.log.onCommit((changes) => this.#committed(changes));
    if (this.#ports.notes?.read(NOTE) !== SETTLED) this.#begin();
  }

  alarm(now: number): void {
    this.#timer = undefined;
    this.#begin();
    this.#queue.release(now);
    this.#soon();
  }

  idle(): Promise<void> {
    if (!this.#busy) return Promise.resolve();
    return new Promise((resolve) => this.#idlers.push(resolve));
  }

  #begin(): void {
    if (this.#scan) return;
    this.#scan = [{ prefix: 'nodes/' }, { prefix: 'pods/' }];
    this.#soon();
  }

  #committed(changes: readonly Change[]): void {
    for (const change of changes) {
      if (!PREFIXES.some((prefix) => change.key.startsWith(prefix))) continue;
      // Once the cluster is being followed the queue tells exactly.
      if (isWaiting(change, this.#scan === undefined)) {
        this.#note(WAITING);
        this.#begin();
      }
      if (this.#scan) this.#changes.push(change);
    }
    if (this.#changes.length > 0) this.#soon();
  }

  #note(state: string): void {
    const { notes } = this.#ports;
    if (notes && notes.read(NOTE) !== state) notes.write(NOTE, state);
  }

  get #busy(): boolean {
    return this.#deferred || this.#requests > 0;
  }

  #soon(): void {
    if (this.#deferred) return;
    this.#deferred = true;
    this.#ports.defer(() => {
      this.#deferred = false;
      this.#slice();
      this.#settle();
    });
  }

  #settle(): void {
    if (this.#busy) return;
    if (this.#scan?.length === 0 && this.#queue.empty) this.#note(SETTLED);
    const idlers = this.#idlers;
    this.#idlers = [];
    for (const resolve of idlers) resolve();
  }

  #slice(): void {
    const { clock } = this.#ports;
    this.#reader.clear();
    if (this.#scan?.length) {
      this.#scanPage();
      this.#soon();
      return;
    }
    this.#catchUp();
    this.#queue.release(clock.now());
    if (!this.#queue.empty) this.#note(WAITING);
    for (let i = 0; i < SLICE && this.#requests < MAX_BINDING; i++) {
      const waiting = this.#queue.pop();
      if (!waiting) break;
      this.#decide(waiting);
    }
    if (this.#queue.ready > 0 && this.#requests < MAX_BINDING) this.#soon();
    this.#arm();
  }

  #scanPage(): void {
    const next = this.#scan?.[0];
    if (!next) return;
    const { prefix, after } = next;
    const page = this.#ports.read.list({ prefix, limit: SCAN_PAGE, ...(after === undefined ? {} : { after }) });
    const events = new Set<ClusterEvent>();
    for (const item of page.items) this.#ledger.take({ ...item, gone: false }, events);
    if (page.next === undefined) this.#scan?.shift();
    else next.after = page.next;
  }

  #catchUp(): void {
    const changes = this.#changes;
    if (changes.length === 0) return;
    this.#changes = [];
    const events = new Set<ClusterEvent>();
    for (const { key, revision, text, change } of changes) {
      this.#ledger.take({ key, revision, text, gone: change === 'delete' }, events);
    }
    if (events.size > 0) this.#queue.happened(events, this.#ports.clock.now());
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
    this.#track('node' in outcome ? this.#bind(decided, outcome) : this.#giveUp(decided, outcome));
  }

  async #bind(decided: Decided, { node, cycle }: Chosen): Promise<void> {
    const { waiting, info } = decided;
    this.#ledger.assume(info, node);
    const failed = await bind(this.#ports, this.#profile.plugins, decided, cycle, node);
    if (failed === undefined) {
      this.#queue.done(waiting);
      return sayScheduled(this.#ports, decided, node);
    }
    this.#ledger.forget(info);
    this.#catchUp();
    // Deleted, or bound by somebody else: then it is not in the queue any more.
    this.#queue.failed(waiting, failed.plugins, this.#ports.clock.now());
    if (this.#ports.read.get(info.key)) await sayFailed(this.#ports, decided, failed.message);
  }

  #giveUp(decided: Decided, { unschedulable, plugins }: Unschedulable): Promise<void> {
    this.#queue.failed(decided.waiting, plugins, this.#ports.clock.now());
    return sayUnschedulable(this.#ports, decided, unschedulable);
  }

  #track(work: Promise<void>): void {
    this.#requests++;
    void work.finally(() => {
      this.#requests--;
      if (this.#queue.ready > 0) this.#soon();
      this.#arm();
      this.#settle();
    });
  }

  /** The timer is set only when it moves: each row is billed. */
  #arm(): void {
    const due = this.#queue.nextDue;
    if (due === undefined || (this.#timer !== undefined && this.#timer <= due)) return;
    this.#timer = due;
    this.#ports.timers.set(SCHEDULER_TIMER, due);
  }
}

/** A pod without a node. */
function isWaiting({ key, change, text }: Change, exactly: boolean): boolean {
  if (!key.startsWith('pods/') || change === 'delete') return false;
  if (!text.includes('"nodeName":"')) return true;
  // A label may have that name, too.
  return exactly && !(JSON.parse(text) as Pod).spec?.nodeName;
}
