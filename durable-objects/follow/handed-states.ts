/**
 * States that a follower was handed of objects that it looks at later: each is read from the change's own object, which
 * all followers share, and not parsed again.
 */
import type { KubeObject } from '../../kube/machinery/object.ts';
import type { ObservedState } from './follower-ports.ts';

/** In code units of texts; a bound of the memory of each cluster that is awake. */
const MAX_SIZE = 512 * 1024;

export class HandedStates {
  readonly #states = new Map<string, ObservedState>();
  #size = 0;

  /** Objects are looked at in the order in which they were handed over: where there is no room, the later ones go without. */
  keep(state: ObservedState): void {
    this.forget(state.key);
    if (this.#size + state.text.length > MAX_SIZE) return;
    this.#states.set(state.key, state);
    this.#size += state.text.length;
  }

  /** The object as of a revision, not to be changed; undefined where that is not the state that is kept. Forgets it. */
  take(key: string, revision: number | undefined): KubeObject | undefined {
    const state = this.takeLatest(key);
    return state?.revision === revision ? state?.object() : undefined;
  }

  /** The state that was handed over last; undefined where it is not kept. Forgets it. */
  takeLatest(key: string): ObservedState | undefined {
    const state = this.#states.get(key);
    this.forget(key);
    return state;
  }

  clear(): void {
    this.#states.clear();
    this.#size = 0;
  }

  forget(key: string): void {
    const state = this.#states.get(key);
    if (!state) return;
    this.#states.delete(key);
    this.#size -= state.text.length;
  }
}
