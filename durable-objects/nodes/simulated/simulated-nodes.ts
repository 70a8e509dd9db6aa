/**
 * The runner of simulated nodes: follows the log, moves each pod on as far as it gets, and writes one status for it.
 * What it knows is rebuilt from nodes and pods after a wake; nothing beats or polls.
 */
import { keyPrefix, parseKey } from '../../../kube/machinery/resource.ts';
import type { PodMemory } from '../../../kube/pod-lifecycle/index.ts';
import type { Pod } from '../../../kube/types.ts';
import type {
  Change,
  Clock,
  LogPort,
  Random,
  ReadPort,
  RequestPort,
  TimerPort,
} from '../../controllers/runtime/ports.ts';
import { Fleet, type SimulatedMember } from './fleet.ts';
import { reportDeletion, reportStatus } from './reports.ts';
import { type Simulated, simulate } from './simulate.ts';
import { isSteered } from './steering.ts';

export interface SimulatedNodesPorts {
  log: LogPort;
  read: ReadPort;
  request: RequestPort['request'];
  timers: TimerPort;
  clock: Clock;
  random: Random;
  /** Runs the work soon, after requests that wait have had their turn. */
  defer(work: () => void): void;
  /** How many simulated nodes the cluster should have. */
  nodes(): number;
}

export interface SimulatedNodes {
  /** Reads nodes and pods, in slices, and starts to follow the log. Once per life of the object. */
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
export const SIMULATED_KUBELET = 'simulated-kubelet';

const SCAN_PAGE = 500;
const SLICE = 100;
const MAX_REQUESTS = 400;
/** A quick look, before any parsing, for pods on these nodes. */
const ON_SIMULATED = '"nodeName":"sim-';
const FIRST_RETRY = 1000;
const LAST_RETRY = 60_000;

export function createSimulatedNodes(ports: SimulatedNodesPorts): SimulatedNodes {
  return new Runner(ports);
}

class Runner implements SimulatedNodes {
  readonly #ports: SimulatedNodesPorts;
  readonly #fleet: Fleet;
  /** Keys of pods to look at. */
  readonly #todo = new Set<string>();
  /** Being written; `true`: look again afterwards. */
  readonly #writing = new Map<string, boolean>();
  readonly #due = new Map<string, number>();
  readonly #memory = new Map<string, { uid: string; memory: PodMemory }>();
  readonly #retries = new Map<string, number>();
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
  }

  wake(): void {
    if (this.#scan) return;
    this.#scan = [{ prefix: keyPrefix('nodes') }, { prefix: keyPrefix('pods') }];
    this.#ports.log.onCommit((changes) => {
      const before = this.#changes.length;
      for (const change of changes) if (concerns(change)) this.#changes.push(change);
      if (this.#changes.length > before) this.#soon();
    });
    this.#soon();
  }

  alarm(_now: number): void {
    this.#timer = undefined;
    this.#soon();
  }

  resize(): void {
    this.#correct = true;
    this.#soon();
  }

  idle(): Promise<void> {
    if (!this.#busy) return Promise.resolve();
    return new Promise((resolve) => this.#idlers.push(resolve));
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
    let count = 0;
    for (const key of this.#todo) {
      if (count++ >= SLICE || this.#requests >= MAX_REQUESTS) break;
      this.#todo.delete(key);
      this.#look(key, now);
    }
    if ((this.#todo.size > 0 && this.#requests < MAX_REQUESTS) || this.#scan?.length) this.#soon();
    this.#arm();
  }

  #scanPage(): void {
    const next = this.#scan?.[0];
    if (!next) return;
    const { prefix, after } = next;
    const page = this.#ports.read.list({ prefix, limit: SCAN_PAGE, ...(after === undefined ? {} : { after }) });
    for (const item of page.items) {
      if (prefix === 'nodes/') this.#fleet.take({ ...item, gone: false });
      else if (item.text.includes(ON_SIMULATED)) this.#meet(item.key, item.text);
    }
    if (page.next === undefined) this.#scan?.shift();
    else next.after = page.next;
  }

  /** A pod of the first scan: its address is held, and it is looked at unless it plainly just runs. */
  #meet(key: string, text: string): void {
    const pod = JSON.parse(text) as Pod;
    const { phase, podIP, containerStatuses } = pod.status ?? {};
    if (phase === 'Succeeded' || phase === 'Failed') {
      if (pod.metadata.deletionTimestamp) this.#todo.add(key);
      return;
    }
    if (podIP && !pod.spec?.hostNetwork) this.#fleet.member(pod.spec?.nodeName ?? '')?.pool.hold(podIP, key);
    const runs = phase === 'Running' && containerStatuses?.every((status) => status.state?.running);
    if (!runs || pod.metadata.deletionTimestamp || pod.spec?.activeDeadlineSeconds || isSteered(pod))
      this.#todo.add(key);
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
    if (!change.gone) {
      this.#todo.add(change.key);
      return;
    }
    const { spec } = JSON.parse(change.text) as Pod;
    this.#forget(change.key, this.#fleet.member(spec?.nodeName ?? ''));
  }

  #forget(key: string, member: SimulatedMember | undefined): void {
    member?.pool.release(key);
    this.#todo.delete(key);
    this.#due.delete(key);
    this.#memory.delete(key);
    this.#retries.delete(key);
  }

  /** What has come due is looked at. */
  #release(now: number): void {
    if (this.#fleetRetry > 0 && this.#fleetRetry <= now) {
      this.#fleetRetry = 0;
      this.#correct = true;
    }
    for (const [key, due] of this.#due) {
      if (due > now) continue;
      this.#due.delete(key);
      this.#todo.add(key);
    }
  }

  #correctFleet(now: number): void {
    this.#correct = false;
    for (const work of this.#fleet.correct()) {
      const failed = (): void => {
        this.#fleetRetry = now + LAST_RETRY;
      };
      this.#track(work.then((ok) => (ok ? undefined : failed()), failed));
    }
  }

  #look(key: string, now: number): void {
    if (this.#writing.has(key)) {
      this.#writing.set(key, true);
      return;
    }
    const stored = this.#ports.read.get(key);
    const pod = stored && (JSON.parse(stored.text) as Pod);
    const node = pod?.spec?.nodeName ?? '';
    const member = this.#fleet.member(node);
    if (!pod || !member) return;
    const known = this.#memory.get(key);
    const result = simulate({
      pod,
      hostIP: member.hostIP,
      address: () => member.pool.take(key),
      now,
      uuid: () => this.#ports.random.uuid(),
      ...(known && known.uid === pod.metadata.uid ? { memory: known.memory } : {}),
    });
    this.#remember(key, pod, result);
    if (result.status?.phase === 'Succeeded' || result.status?.phase === 'Failed') member.pool.release(key);
    this.#write(key, pod, stored.revision, result);
  }

  /** Only back-offs are worth remembering: all else is in the status. */
  #remember(key: string, pod: Pod, { memory, wakeAt }: Simulated): void {
    if (Object.keys(memory.backOff).length > 0) this.#memory.set(key, { uid: pod.metadata.uid ?? '', memory });
    if (wakeAt === undefined) this.#due.delete(key);
    else this.#due.set(key, wakeAt);
  }

  #write(key: string, pod: Pod, saw: number, result: Simulated): void {
    if (!result.status && !result.finished) return;
    // With finalizers the pod stays after its deletion, and what became of it is read from its status.
    const stays = (pod.metadata.finalizers?.length ?? 0) > 0;
    const deleted = pod.metadata.deletionGracePeriodSeconds === 0;
    this.#writing.set(key, false);
    const report = async (): Promise<boolean> => {
      const by = { ports: this.#ports, pod, saw, key };
      if (result.status && (!result.finished || stays) && !(await reportStatus(by, result.status, result.events)))
        return false;
      if (!result.finished || (stays && deleted)) return true;
      return reportDeletion(by, stays ? [] : result.events);
    };
    this.#track(
      report().then(
        (ok) => this.#written(key, ok, saw),
        () => this.#written(key, false, saw),
      ),
    );
  }

  #written(key: string, ok: boolean, saw: number): void {
    const again = this.#writing.get(key);
    this.#writing.delete(key);
    if (ok) this.#retries.delete(key);
    else if ((this.#ports.read.get(key)?.revision ?? saw) !== saw) {
      // It has changed meanwhile: what was seen is looked at anew.
      this.#todo.add(key);
      this.#memory.delete(key);
    } else if (this.#ports.read.get(key)) {
      const delay = Math.min(LAST_RETRY, (this.#retries.get(key) ?? FIRST_RETRY / 2) * 2);
      this.#retries.set(key, delay);
      this.#due.set(key, this.#ports.clock.now() + delay);
      this.#memory.delete(key);
    }
    if (again) this.#todo.add(key);
  }

  #track(work: Promise<void>): void {
    this.#requests++;
    void work.finally(() => {
      this.#requests--;
      if (this.#todo.size > 0 || this.#correct) this.#soon();
      this.#arm();
      this.#settle();
    });
  }

  /** The timer is set only when it moves earlier: each row is billed. */
  #arm(): void {
    let next = this.#fleetRetry > 0 ? this.#fleetRetry : Number.POSITIVE_INFINITY;
    for (const due of this.#due.values()) if (due < next) next = due;
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
