/** Per-action back-off: when an action that has failed, or has not helped, may be tried again. */
import { BackOff, type BackOffLimits } from '../back-off.ts';
import type { Clock } from '../clock.ts';

interface Retry {
  backOff: BackOff;
  at: number;
}

/** The back-off of actions that worked and are wanted again. */
const REPEAT: BackOffLimits = { initial: 500, max: 60_000 };

export class Retries {
  readonly #clock: Clock;
  readonly #limits: BackOffLimits;
  readonly #random: () => number;
  readonly #failures = new Map<string, Retry>();
  readonly #repeats = new Map<string, Retry>();

  constructor({ clock, random }: { clock: Clock; random(): number }, limits: BackOffLimits) {
    this.#clock = clock;
    this.#random = random;
    this.#limits = limits;
  }

  /** The time until which the action must wait; undefined when it may be tried. */
  heldUntil(action: string): number | undefined {
    const at = Math.max(this.#failures.get(action)?.at ?? 0, this.#repeats.get(action)?.at ?? 0);
    return this.#clock.now() < at ? at : undefined;
  }

  /** The time from which the action may be tried again. */
  failed(action: string): number {
    return this.#hold(this.#failures, action, this.#limits);
  }

  /**
   * An action that worked and is wanted again at once has not helped: a sandbox that dies when it has started, a kill
   * after which the container runs on. It waits ever longer, until it has helped for a while.
   */
  worked(action: string): void {
    this.#failures.delete(action);
    const now = this.#clock.now();
    for (const [past, { at }] of this.#repeats) if (now - at > REPEAT.max) this.#repeats.delete(past);
    this.#hold(this.#repeats, action, REPEAT);
  }

  /** Failures so far are no reason to wait any more. */
  forget(action: string): void {
    this.#failures.delete(action);
  }

  /** The cause of their failure may be over: back-offs begin anew. */
  clear(): void {
    this.#failures.clear();
    this.#repeats.clear();
  }

  #hold(retries: Map<string, Retry>, action: string, limits: BackOffLimits): number {
    const retry = retries.get(action) ?? { backOff: new BackOff(limits, this.#random), at: 0 };
    retries.set(action, retry);
    retry.at = this.#clock.now() + retry.backOff.next();
    return retry.at;
  }
}
