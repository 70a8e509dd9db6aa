/** The pods of all simulated nodes: each is moved on as far as it gets, and its status written. */
import { parseExact } from '../../../kube/machinery/exact-json.ts';
import {
  awaitsAdmission,
  isTerminal,
  NO_MEMORY,
  type PodFailure,
  type PodMemory,
  podEvents,
  refusal,
  refusedStatus,
} from '../../../kube/pod-lifecycle/index.ts';
import type { Pod } from '../../../kube/types.ts';
import type { Clock, Random, ReadPort, RequestPort } from '../../controllers/runtime/ports.ts';
import type { ObservedState } from '../../follow/follower-ports.ts';
import { HandedStates } from '../../follow/handed-states.ts';
import { DelayingQueue } from './delaying-queue.ts';
import { chooseEvicted, disrupted, Evictions, evictionTime } from './evictions.ts';
import type { Fleet, SimulatedMember } from './fleet.ts';
import { reportDeletion, reportEvents, reportStatus } from './reports.ts';
import { type Simulated, simulate } from './simulate.ts';
import { isSteered, steeringNotices } from './steering.ts';

/** A quick look, before any parsing, for pods on these nodes. */
export const ON_SIMULATED = '"nodeName":"sim-';

/** How long a pod takes to stop, from the whole second in which it is deleted, in milliseconds. */
const STOPPING = 1500;

export interface PodsPorts {
  read: ReadPort;
  request: RequestPort['request'];
  clock: Clock;
  random: Random;
}

export class Pods {
  readonly queue = new DelayingQueue();
  readonly #ports: PodsPorts;
  readonly #fleet: Fleet;
  /** Being written; `true`: look again afterwards. */
  readonly #writing = new Map<string, boolean>();
  /** Memory of pods that are held back after they failed: all else is in their status. */
  readonly #memory = new Map<string, { uid: string; memory: PodMemory }>();
  /** Annotations that cannot be followed and were told of, in this life of the object. */
  readonly #told = new Map<string, string>();
  readonly #evictions = new Evictions();
  /** Pods that are to be evicted at their next look. */
  readonly #evicted = new Map<string, { uid: string; failure: PodFailure }>();
  /** Of pods to look at now. */
  readonly #handed = new HandedStates();

  constructor(ports: PodsPorts, fleet: Fleet) {
    this.#ports = ports;
    this.#fleet = fleet;
  }

  /** A pod of the first scan: its address is held, and it is looked at unless it plainly just runs. */
  scanned(key: string, text: string): void {
    const pod = JSON.parse(text) as Pod;
    const { phase, podIP, conditions = [], containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {};
    if (phase === 'Succeeded' || phase === 'Failed') {
      if (pod.metadata.deletionTimestamp) this.queue.now.add(key);
      const evicted = evictionTime(pod);
      if (evicted !== undefined) this.#evictions.evictedAt(pod.spec?.nodeName ?? '', evicted);
      return;
    }
    const member = this.#fleet.member(pod.spec?.nodeName ?? '');
    if (podIP && !pod.spec?.hostNetwork) member?.pool.hold(podIP, key);
    if (!awaitsAdmission(pod)) member?.held.take(key, pod);
    const runs =
      phase === 'Running' &&
      containerStatuses.every(({ state }) => state?.running) &&
      // A container that runs and isn't ready waits for a probe.
      [...initContainerStatuses, ...containerStatuses].every(({ state, ready }) => !state?.running || ready) &&
      // The node lifecycle controller may have turned it, in an earlier life.
      conditions.some(({ type, status }) => type === 'Ready' && status === 'True') &&
      (pod.spec?.ephemeralContainers ?? []).length === (pod.status?.ephemeralContainerStatuses ?? []).length;
    if (!runs || pod.metadata.deletionTimestamp || pod.spec?.activeDeadlineSeconds || isSteered(pod))
      this.queue.now.add(key);
  }

  /** The pod was changed, or deleted. */
  changed(state: ObservedState): void {
    if (state.gone) this.#gone(state);
    else {
      this.queue.now.add(state.key);
      this.#handed.keep(state);
    }
  }

  #gone({ key, object }: ObservedState): void {
    const { spec } = object() as unknown as Pod;
    this.#free(key, this.#fleet.member(spec?.nodeName ?? ''));
    this.queue.forget(key);
    this.#handed.forget(key);
    this.#memory.delete(key);
    this.#told.delete(key);
    this.#evicted.delete(key);
  }

  /** Moves a pod on as far as it gets; the promise is of the writes that takes, if any. */
  look(key: string, now: number): Promise<void> | undefined {
    this.queue.now.delete(key);
    if (this.#writing.has(key)) {
      this.#writing.set(key, true);
      this.#handed.forget(key);
      return undefined;
    }
    const stored = this.#ports.read.get(key);
    const handed = this.#handed.take(key, stored?.revision) as Pod | undefined;
    // Its status is written with the rest of it as it is.
    const pod = stored && (handed ?? parseExact<Pod>(stored.text));
    const node = pod?.spec?.nodeName ?? '';
    const member = this.#fleet.member(node);
    if (!pod || !member) return undefined;
    const stops = stopsAt(pod);
    // A later time is of before the clock was set back.
    if (stops > now && stops <= now + STOPPING) {
      this.queue.plan(key, stops);
      return undefined;
    }
    let result: Simulated;
    const evicted = this.#evicted.get(key);
    this.#evicted.delete(key);
    // Another pod of its name may have come.
    const failure = evicted?.uid === pod.metadata.uid ? evicted?.failure : undefined;
    try {
      result = failure
        ? this.#evict(key, pod, member, failure, now)
        : (this.#admit(key, pod, member, now) ?? this.#simulate(key, pod, member, now));
    } catch {
      // A pod whose status is garbled must not hold up the others, nor be looked at again and again until it is
      // changed.
      this.queue.retry(key, now);
      return undefined;
    }
    this.#remember(key, pod, result);
    this.#tell(key, pod, stored.revision);
    if (isTerminal({ ...pod, status: result.status ?? pod.status })) this.#free(key, member);
    return this.#write(key, pod, stored.revision, result);
  }

  /** A node is under pressure, since some time, or no longer. */
  pressed(node: string, since: number): void {
    this.#evictions.pressed(node, this.#fleet.member(node)?.pressures ?? [], since);
  }

  /** The time at which a node under pressure looks for a pod to evict; infinity when none does. */
  get nextEviction(): number {
    return this.#evictions.next;
  }

  /** Each node under pressure evicts one pod, as long as it has one that may go. */
  evict(now: number): void {
    for (const node of this.#evictions.takeDue(now)) {
      const { held, pressures } = this.#fleet.member(node) ?? { held: undefined, pressures: [] };
      const keys = new Map<Pod, string>();
      for (const key of held?.keys() ?? []) {
        const stored = this.#ports.read.get(key);
        const pod = stored && (JSON.parse(stored.text) as Pod);
        if (pod && !isTerminal(pod) && !pod.metadata.deletionTimestamp) keys.set(pod, key);
      }
      const chosen = chooseEvicted([...keys.keys()], pressures);
      if (!chosen) continue;
      const key = keys.get(chosen.pod) ?? '';
      this.#evicted.set(key, { uid: chosen.pod.metadata.uid ?? '', failure: chosen.failure });
      this.queue.now.add(key);
      this.#evictions.again(node, now);
    }
  }

  #evict(key: string, pod: Pod, member: SimulatedMember, failure: PodFailure, now: number): Simulated {
    const result = this.#simulate(key, disrupted(pod, failure, now), member, now, failure);
    return { ...result, events: [podEvents.refused(failure), ...result.events] };
  }

  /** A pod that is new to its node is taken up by it, or refused. */
  #admit(key: string, pod: Pod, { host, held }: SimulatedMember, now: number): Simulated | undefined {
    // The pod may have been taken up before, by a look whose status was not written.
    held.release(key);
    const refused = awaitsAdmission(pod) ? refusal(pod, host, held) : undefined;
    if (!refused) {
      held.take(key, pod);
      if (awaitsAdmission(pod)) this.pressed(pod.spec?.nodeName ?? '', now);
      return undefined;
    }
    const status = refusedStatus(pod, refused, now);
    return { status, events: [podEvents.refused(refused)], finished: false, memory: NO_MEMORY };
  }

  #simulate(key: string, pod: Pod, { hostIP, pool }: SimulatedMember, now: number, failure?: PodFailure): Simulated {
    const known = this.#memory.get(key);
    return simulate({
      pod,
      hostIP,
      address: () => pool.take(key),
      now,
      uuid: () => this.#ports.random.uuid(),
      ...(known && known.uid === pod.metadata.uid ? { memory: known.memory } : {}),
      ...(failure ? { failure } : {}),
    });
  }

  /** The pod's share of its node is free for others. */
  #free(key: string, member: SimulatedMember | undefined): void {
    member?.pool.release(key);
    member?.held.release(key);
  }

  #remember(key: string, pod: Pod, { memory, wakeAt }: Simulated): void {
    if (Object.keys(memory.backOff).length > 0) this.#memory.set(key, { uid: pod.metadata.uid ?? '', memory });
    this.queue.plan(key, wakeAt);
  }

  /** Records events about annotations that cannot be followed, in the background. */
  #tell(key: string, pod: Pod, saw: number): void {
    const notices = steeringNotices(pod);
    const text = notices.map(({ message }) => message).join('\n');
    if (text === (this.#told.get(key) ?? '')) return;
    this.#told.set(key, text);
    void reportEvents({ ports: this.#ports, pod, saw, key }, notices, true);
  }

  #write(key: string, pod: Pod, saw: number, result: Simulated): Promise<void> | undefined {
    if (!result.status && !result.finished) return undefined;
    const stays = (pod.metadata.finalizers?.length ?? 0) > 0;
    const deleted = pod.metadata.deletionGracePeriodSeconds === 0;
    this.#writing.set(key, false);
    const report = async (): Promise<boolean> => {
      const by = { ports: this.#ports, pod, saw, key };
      // Watchers of a pod that ends see its containers terminated and the pod not ready before it is gone, as upstream.
      if (result.status && !(await reportStatus(by, result.status, result.events))) return false;
      if (!result.finished || (stays && deleted)) return true;
      return reportDeletion(by, result.status ? [] : result.events);
    };
    return report().then(
      (ok) => this.#written(key, ok, saw),
      () => this.#written(key, false, saw),
    );
  }

  #written(key: string, ok: boolean, saw: number): void {
    const again = this.#writing.get(key);
    this.#writing.delete(key);
    if (ok) this.queue.succeeded(key);
    else this.#refused(key, saw);
    if (again) this.queue.now.add(key);
  }

  #refused(key: string, saw: number): void {
    this.#memory.delete(key);
    const stored = this.#ports.read.get(key);
    if (!stored) return;
    // The pod has changed meanwhile: it is looked at anew.
    if (stored.revision !== saw) this.queue.now.add(key);
    else this.queue.retry(key, this.#ports.clock.now());
  }
}

/**
 * The time at which a pod that is being deleted has stopped: 0 where none of its containers runs. A client that deletes
 * a pod and waits for its end (kubectl) reads it, lists it and begins to watch: another pod of its name, which a
 * StatefulSet makes at once, must not come before that.
 */
function stopsAt({ metadata, status }: Pod): number {
  if (!metadata.deletionTimestamp) return 0;
  const statuses = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  if (!statuses.some(({ state }) => state?.running)) return 0;
  const end = Date.parse(metadata.deletionTimestamp);
  return Math.min(end, end - Number(metadata.deletionGracePeriodSeconds ?? 0) * 1000 + STOPPING);
}
