/** The pods of all simulated nodes: which to look at, which are being written, and when each must be looked at again. */
import {
  awaitsAdmission,
  isTerminal,
  NO_MEMORY,
  type PodMemory,
  podEvents,
  refusal,
  refusedStatus,
} from '../../../kube/pod-lifecycle/index.ts';
import type { Pod } from '../../../kube/types.ts';
import type { Clock, Random, ReadPort, RequestPort } from '../../controllers/runtime/ports.ts';
import type { Fleet, SimulatedMember } from './fleet.ts';
import { reportDeletion, reportStatus } from './reports.ts';
import { type Simulated, simulate } from './simulate.ts';
import { isSteered } from './steering.ts';

/** A quick look, before any parsing, for pods on these nodes. */
export const ON_SIMULATED = '"nodeName":"sim-';
const FIRST_RETRY = 1000;
const LAST_RETRY = 60_000;

export interface PodsPorts {
  read: ReadPort;
  request: RequestPort['request'];
  clock: Clock;
  random: Random;
}

export class Pods {
  /** Keys of pods to look at. */
  readonly todo = new Set<string>();
  readonly #ports: PodsPorts;
  readonly #fleet: Fleet;
  /** Being written; `true`: look again afterwards. */
  readonly #writing = new Map<string, boolean>();
  readonly #due = new Map<string, number>();
  readonly #memory = new Map<string, { uid: string; memory: PodMemory }>();
  readonly #retries = new Map<string, number>();

  constructor(ports: PodsPorts, fleet: Fleet) {
    this.#ports = ports;
    this.#fleet = fleet;
  }

  /** Infinity when nothing happens by itself. */
  get nextDue(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const due of this.#due.values()) if (due < next) next = due;
    return next;
  }

  /** What has come due is to be looked at. */
  release(now: number): void {
    for (const [key, due] of this.#due) {
      if (due > now) continue;
      this.#due.delete(key);
      this.todo.add(key);
    }
  }

  /** A pod of the first scan: its address is held, and it is looked at unless it plainly just runs. */
  meet(key: string, text: string): void {
    const pod = JSON.parse(text) as Pod;
    const { phase, podIP, containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {};
    if (phase === 'Succeeded' || phase === 'Failed') {
      if (pod.metadata.deletionTimestamp) this.todo.add(key);
      return;
    }
    const member = this.#fleet.member(pod.spec?.nodeName ?? '');
    if (podIP && !pod.spec?.hostNetwork) member?.pool.hold(podIP, key);
    if (!awaitsAdmission(pod)) member?.held.take(key, pod);
    const runs =
      phase === 'Running' &&
      containerStatuses.every(({ state }) => state?.running) &&
      // One that runs and isn't ready waits for a probe.
      [...initContainerStatuses, ...containerStatuses].every(({ state, ready }) => !state?.running || ready);
    if (!runs || pod.metadata.deletionTimestamp || pod.spec?.activeDeadlineSeconds || isSteered(pod))
      this.todo.add(key);
  }

  /** It was deleted. */
  gone(key: string, text: string): void {
    const { spec } = JSON.parse(text) as Pod;
    this.#free(key, this.#fleet.member(spec?.nodeName ?? ''));
    this.todo.delete(key);
    this.#due.delete(key);
    this.#memory.delete(key);
    this.#retries.delete(key);
  }

  /** Moves a pod on as far as it gets; the promise is of the writes that takes, if any. */
  look(key: string, now: number): Promise<void> | undefined {
    this.todo.delete(key);
    if (this.#writing.has(key)) {
      this.#writing.set(key, true);
      return undefined;
    }
    const stored = this.#ports.read.get(key);
    const pod = stored && (JSON.parse(stored.text) as Pod);
    const node = pod?.spec?.nodeName ?? '';
    const member = this.#fleet.member(node);
    if (!pod || !member) return undefined;
    let result: Simulated;
    try {
      result = this.#admit(key, pod, member, now) ?? this.#simulate(key, pod, member, now);
    } catch {
      // A status that somebody garbled must not hold up the others.
      this.#due.set(key, now + LAST_RETRY);
      return undefined;
    }
    this.#remember(key, pod, result);
    if (isTerminal({ ...pod, status: result.status ?? pod.status })) this.#free(key, member);
    return this.#write(key, pod, stored.revision, result);
  }

  /** A pod that is new to its node is taken up by it, or refused. */
  #admit(key: string, pod: Pod, { host, held }: SimulatedMember, now: number): Simulated | undefined {
    // It may have been taken up before, by a look whose status was not written.
    held.release(key);
    const refused = awaitsAdmission(pod) ? refusal(pod, host, held) : undefined;
    if (!refused) {
      held.take(key, pod);
      return undefined;
    }
    const status = refusedStatus(pod, refused, now);
    return { status, events: [podEvents.refused(refused)], finished: false, memory: NO_MEMORY };
  }

  #simulate(key: string, pod: Pod, { hostIP, pool }: SimulatedMember, now: number): Simulated {
    const known = this.#memory.get(key);
    return simulate({
      pod,
      hostIP,
      address: () => pool.take(key),
      now,
      uuid: () => this.#ports.random.uuid(),
      ...(known && known.uid === pod.metadata.uid ? { memory: known.memory } : {}),
    });
  }

  /** What it held of its node is there for others. */
  #free(key: string, member: SimulatedMember | undefined): void {
    member?.pool.release(key);
    member?.held.release(key);
  }

  /** Only back-offs are worth remembering: all else is in the status. */
  #remember(key: string, pod: Pod, { memory, wakeAt }: Simulated): void {
    if (Object.keys(memory.backOff).length > 0) this.#memory.set(key, { uid: pod.metadata.uid ?? '', memory });
    if (wakeAt === undefined) this.#due.delete(key);
    else this.#due.set(key, wakeAt);
  }

  #write(key: string, pod: Pod, saw: number, result: Simulated): Promise<void> | undefined {
    if (!result.status && !result.finished) return undefined;
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
    return report().then(
      (ok) => this.#written(key, ok, saw),
      () => this.#written(key, false, saw),
    );
  }

  #written(key: string, ok: boolean, saw: number): void {
    const again = this.#writing.get(key);
    this.#writing.delete(key);
    if (ok) this.#retries.delete(key);
    else if ((this.#ports.read.get(key)?.revision ?? saw) !== saw) {
      // It has changed meanwhile: what was seen is looked at anew.
      this.todo.add(key);
      this.#memory.delete(key);
    } else if (this.#ports.read.get(key)) {
      const delay = Math.min(LAST_RETRY, (this.#retries.get(key) ?? FIRST_RETRY / 2) * 2);
      this.#retries.set(key, delay);
      this.#due.set(key, this.#ports.clock.now() + delay);
      this.#memory.delete(key);
    }
    if (again) this.todo.add(key);
  }
}
