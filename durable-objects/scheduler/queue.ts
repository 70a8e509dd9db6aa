/**
 * Pods that wait (`backend/queue/scheduling_queue.go`): ready ones in order; those held back for a while after they
 * failed; and those that nothing is known to help yet. Nothing polls: only events move pods.
 */
import type { ClusterEvent, Plugin, QueuedPod } from './framework.ts';
import { Heap } from './heap.ts';

const INITIAL_BACK_OFF = 1000;
const MAX_BACK_OFF = 10_000;

export interface Waiting extends QueuedPod {
  uid: string;
  /** Changes when anything of the pod does that a decision could depend on. */
  fingerprint: string;
  attempts: number;
  /** When it may be tried again, in milliseconds since the epoch. */
  notBefore: number;
  /** Who turned it down last. */
  plugins: ReadonlySet<string>;
  /** What was last said about it, so that it is said once. */
  said?: string;
}

export class Queue {
  readonly #active: Heap<Waiting>;
  readonly #backingOff = new Heap<Waiting>((a, b) => a.notBefore - b.notBefore);
  readonly #stuck = new Map<string, Waiting>();
  readonly #gated = new Map<string, Waiting>();
  readonly #inFlight = new Map<string, Waiting>();
  readonly #wakes = new Map<string, ReadonlySet<ClusterEvent>>();
  #arrivals = 0;

  constructor(plugins: readonly Plugin[]) {
    const compare = plugins.find((plugin) => plugin.compare)?.compare;
    if (!compare) throw new Error('a profile needs a plugin that sorts the queue');
    this.#active = new Heap<Waiting>(compare);
    for (const plugin of plugins) this.#wakes.set(plugin.name, new Set(plugin.wakesOn));
  }

  get ready(): number {
    return this.#active.size;
  }

  /** No pod waits for anything but a change of its own. */
  get empty(): boolean {
    return this.#active.size + this.#backingOff.size + this.#stuck.size + this.#inFlight.size === 0;
  }

  /** When the next pod held back may be tried. */
  get nextDue(): number | undefined {
    return this.#backingOff.peek()?.notBefore;
  }

  get(key: string): Waiting | undefined {
    return this.#inFlight.get(key) ?? this.#stuck.get(key) ?? this.#gated.get(key) ?? this.#find(key);
  }

  #find(key: string): Waiting | undefined {
    for (const heap of [this.#active, this.#backingOff]) {
      const item = heap.remove(key);
      if (item) {
        heap.push(item);
        return item;
      }
    }
    return undefined;
  }

  /** A pod that is new, or was changed itself: it is tried now. `gated`: not before it is changed. */
  add(pod: Pick<Waiting, 'key' | 'uid' | 'priority' | 'fingerprint'>, gated: boolean): void {
    const old = this.get(pod.key);
    if (old && old.uid === pod.uid && old.fingerprint === pod.fingerprint) return;
    const flying = this.#inFlight.get(pod.key);
    if (flying && flying.uid === pod.uid) {
      flying.fingerprint = pod.fingerprint;
      return;
    }
    this.remove(pod.key);
    const same = old?.uid === pod.uid ? old : undefined;
    const waiting: Waiting = {
      ...pod,
      arrival: same?.arrival ?? this.#arrivals++,
      attempts: same?.attempts ?? 0,
      notBefore: 0,
      plugins: new Set(),
      said: same?.said,
    };
    if (gated) this.#gated.set(pod.key, waiting);
    else this.#active.push(waiting);
  }

  remove(key: string): void {
    this.#active.remove(key);
    this.#backingOff.remove(key);
    this.#stuck.delete(key);
    this.#gated.delete(key);
    this.#inFlight.delete(key);
  }

  /** The next one to decide on. It is in flight until {@link done} or {@link failed}. */
  pop(): Waiting | undefined {
    const pod = this.#active.pop();
    if (!pod) return undefined;
    pod.attempts++;
    this.#inFlight.set(pod.key, pod);
    return pod;
  }

  done(pod: Waiting): void {
    if (this.#inFlight.get(pod.key) === pod) this.#inFlight.delete(pod.key);
  }

  /** It fits nowhere: it waits for an event that its `plugins` wake on. Without plugins (a failed request) for its back-off only. */
  failed(pod: Waiting, plugins: ReadonlySet<string>, now: number): void {
    if (this.#inFlight.get(pod.key) !== pod) return;
    this.#inFlight.delete(pod.key);
    pod.plugins = plugins;
    pod.notBefore = now + Math.min(MAX_BACK_OFF, INITIAL_BACK_OFF * 2 ** Math.min(10, pod.attempts - 1));
    if (plugins.size === 0) this.#backingOff.push(pod);
    else this.#stuck.set(pod.key, pod);
  }

  /** Something happened: pods that it may help are tried, at once or when their back-off is over. */
  happened(events: ReadonlySet<ClusterEvent>, now: number): void {
    if (this.#stuck.size === 0) return;
    const helped = new Map<string, boolean>();
    const helps = (plugin: string): boolean => {
      let known = helped.get(plugin);
      if (known === undefined) {
        const wakes = this.#wakes.get(plugin);
        known = [...events].some((event) => wakes?.has(event));
        helped.set(plugin, known);
      }
      return known;
    };
    for (const pod of [...this.#stuck.values()]) {
      if (![...pod.plugins].some(helps)) continue;
      this.#stuck.delete(pod.key);
      if (pod.notBefore > now) this.#backingOff.push(pod);
      else this.#active.push(pod);
    }
  }

  /** Pods whose back-off is over are ready. */
  release(now: number): void {
    for (let pod = this.#backingOff.peek(); pod && pod.notBefore <= now; pod = this.#backingOff.peek()) {
      this.#backingOff.pop();
      this.#active.push(pod);
    }
  }
}
