/** Per-action back-off: when an action that has failed may be tried again. */
import { BackOff, type BackOffLimits } from '../back-off.ts';
import type { Clock } from '../clock.ts';

interface Retry {
  backOff: BackOff;
  at: number;
}

export class Retries {
  readonly #clock: Clock;
  readonly #limits: BackOffLimits;
  readonly #random: () => number;
  readonly #retries = new Map<string, Retry>();

  constructor({ clock, random }: { clock: Clock; random(): number }, limits: BackOffLimits) {
    this.#clock = clock;
    this.#random = random;
    this.#limits = limits;
  }

  /** The time until which the action must wait; undefined when it may be tried. */
  heldUntil(action: string): number | undefined {
    const at = this.#retries.get(action)?.at;
    return at !== undefined && this.#clock.now() < at ? at : undefined;
  }

  /** The time from which the action may be tried again. */
  failed(action: string): number {
    const retry = this.#retries.get(action) ?? { backOff: new BackOff(this.#limits, this.#random), at: 0 };
    this.#retries.set(action, retry);
    retry.at = this.#clock.now() + retry.backOff.next();
    return retry.at;
  }

  worked(action: string): void {
    this.#retries.delete(action);
  }

  /** The cause of their failure may be over: back-offs begin anew. */
  clear(): void {
    this.#retries.clear();
  }
}
