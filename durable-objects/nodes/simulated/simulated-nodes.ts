/**
 * The runner of simulated nodes: follows the log, moves each pod on as far as it gets, and writes one status for it.
 * What it knows is rebuilt from nodes and pods after a wake; nothing beats or polls.
 */
import { keyPrefix, parseKey } from '../../../kube/machinery/resource.ts';
import type {
  Change,
  Clock,
  LogPort,
  NotePort,
  Random,
  ReadPort,
  RequestPort,
  TimerPort,
} from '../../controllers/runtime/ports.ts';
import { Fleet } from './fleet.ts';
import { ON_SIMULATED, Pods } from './pods.ts';
import { SIMULATED_KUBELET } from './reports.ts';

export interface SimulatedNodesPorts {
  log: LogPort;
  read: ReadPort;
  request: RequestPort['request'];
  timers: TimerPort;
  /** Remembers that all is as it should be, so that a wake reads nothing. Without it each wake reads all pods. */
  notes?: NotePort;
  clock: Clock;
  random: Random;
  /** Runs the work soon, after requests that wait have had their turn. */
  defer(work: () => void): void;
  /** How many simulated nodes the cluster should have. */
  nodes(): number;
}

export interface SimulatedNodes {
  /** Starts to follow the log. Once per life of the object. Nodes and pods are read, in slices, once there is work. */
  wake(): void;
  /** The timer {@link SIMULATED_TIMER} has come due. */
  alarm(now: number): void;
  /** The wanted number of nodes has changed. */
  resize(): void;
  /** Resolves when nothing more can be done for now. */
  idle(): Promise<void>;
}

/** The one timer: the earliest thing that happens by itself to a simulated pod. */
export const SIMULATED_TIMER = 'simulated/due';

/** Whether there is work left, for the next life to know. */
const NOTE = 'simulated-nodes/state';
const SETTLED = 'settled';
const WORKING = 'working';

const SCAN_PAGE = 500;
const SLICE = 100;
const MAX_REQUESTS = 400;
const FLEET_RETRY = 60_000;

export function createSimulatedNodes(ports: SimulatedNodesPorts): SimulatedNodes {
  return new Runner(ports);
}

class Runner implements SimulatedNodes {
  readonly #ports: SimulatedNodesPorts;
  readonly #fleet: Fleet;
  readonly #pods: Pods;
  #changes: Change[] = [];
  #scan: { prefix: string; after?: string }[] | undefined;
  #correct = true;
  #fleetRetry = 0;
  #deferred = false;
  #requests = 0;
  #timer: number | undefined;
  #idlers: (() => void)[] = [];

  constructor(ports: SimulatedNodesPorts) {
    this.#ports = ports;
    this.#fleet = new Fleet(ports);
    this.#pods = new Pods(ports, this.#fleet);
  }

  wake(): void {
    this.#ports.log.onCommit((changes) => this.#committed(changes));
    if (this.#ports.notes?.read(NOTE) !== SETTLED) this.#begin();
  }

  alarm(_now: number): void {
    this.#timer = undefined;
    this.#begin();
    this.#soon();
  }

  resize(): void {
    this.#note(WORKING);
    this.#correct = true;
    this.#begin();
    this.#soon();
  }

  idle(): Promise<void> {
    if (!this.#busy) return Promise.resolve();
    return new Promise((resolve) => this.#idlers.push(resolve));
  }

  #begin(): void {
    if (this.#scan) return;
    this.#scan = [{ prefix: keyPrefix('nodes') }, { prefix: keyPrefix('pods') }];
    this.#soon();
  }

  #committed(changes: readonly Change[]): void {
    for (const change of changes) {
      if (!concerns(change)) continue;
      // What a node says of itself now and then is no work.
      if (change.change !== 'update' || !change.key.startsWith('nodes/')) {
        this.#note(WORKING);
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
    // What is due later is found by the alarm.
    if (this.#scan?.length === 0 && this.#pods.todo.size === 0) this.#note(SETTLED);
    const idlers = this.#idlers;
    this.#idlers = [];
    for (const resolve of idlers) resolve();
  }

  #slice(): void {
    if (this.#scan?.length) {
      this.#scanPage();
      this.#soon();
      return;
    }
    const changes = this.#changes;
    this.#changes = [];
    for (const change of changes) this.#take({ ...change, gone: change.change === 'delete' });
    const now = this.#ports.clock.now();
    this.#release(now);
    if (this.#correct) this.#correctFleet(now);
    if (this.#scan?.length) {
      // Addresses that are held must be known before any is given.
      this.#soon();
      return;
    }
    let count = 0;
    for (const key of this.#pods.todo) {
      if (count++ >= SLICE || this.#requests >= MAX_REQUESTS) break;
      const work = this.#pods.look(key, now);
      if (work) this.#track(work);
    }
    if (this.#pods.todo.size > 0 && this.#requests < MAX_REQUESTS) this.#soon();
    this.#arm();
  }

  #scanPage(): void {
    const next = this.#scan?.[0];
    if (!next) return;
    const { prefix, after } = next;
    const page = this.#ports.read.list({ prefix, limit: SCAN_PAGE, ...(after === undefined ? {} : { after }) });
    for (const item of page.items) {
      if (prefix === 'nodes/') this.#fleet.take({ ...item, gone: false });
      else if (item.text.includes(ON_SIMULATED)) this.#pods.meet(item.key, item.text);
    }
    if (page.next === undefined) this.#scan?.shift();
    else next.after = page.next;
  }

  #take(change: Change & { gone: boolean }): void {
    if (change.key.startsWith('nodes/')) {
      const { name } = parseKey(change.key);
      const before = this.#fleet.member(name);
      this.#fleet.take(change);
      this.#correct = true;
      // A node that is there again takes up its pods.
      if (!before && this.#fleet.member(name)) this.#scan = [{ prefix: keyPrefix('pods') }];
      return;
    }
    if (change.gone) this.#pods.gone(change.key, change.text);
    else this.#pods.todo.add(change.key);
  }

  /** What has come due is looked at. */
  #release(now: number): void {
    if (this.#fleetRetry > 0 && this.#fleetRetry <= now) {
      this.#fleetRetry = 0;
      this.#correct = true;
    }
    this.#pods.release(now);
  }

  #correctFleet(now: number): void {
    this.#correct = false;
    for (const work of this.#fleet.correct()) {
      const failed = (): void => {
        this.#fleetRetry = now + FLEET_RETRY;
      };
      this.#track(work.then((ok) => (ok ? undefined : failed()), failed));
    }
  }

  #track(work: Promise<void>): void {
    this.#requests++;
    void work.finally(() => {
      this.#requests--;
      if (this.#pods.todo.size > 0 || this.#correct) this.#soon();
      this.#arm();
      this.#settle();
    });
  }

  /** The timer is set only when it moves earlier: each row is billed. */
  #arm(): void {
    const next = Math.min(this.#fleetRetry || Number.POSITIVE_INFINITY, this.#pods.nextDue);
    if (next === Number.POSITIVE_INFINITY || (this.#timer !== undefined && this.#timer <= next)) return;
    this.#timer = next;
    this.#ports.timers.set(SIMULATED_TIMER, next);
  }
}

/** Changes of nodes, and of pods on simulated nodes that others made. */
function concerns({ key, text, change, cause }: Change): boolean {
  if (key.startsWith('nodes/')) return true;
  if (!key.startsWith('pods/') || !text.includes(ON_SIMULATED)) return false;
  return change === 'delete' || cause.kind !== 'controller' || cause.name !== SIMULATED_KUBELET;
}
