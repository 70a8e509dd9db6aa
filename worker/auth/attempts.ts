/** Counts what an address asks for, in this isolate: enough to make guessing and flooding slow. */
import { networkOf } from './address.ts';

const MAX_KEPT = 10_000;

export class Attempts {
  readonly #most: number;
  readonly #within: number;
  readonly #counts = new Map<string, { count: number; until: number }>();

  /** At most `most` of an address within so many milliseconds. */
  constructor(most: number, within: number) {
    this.#most = most;
    this.#within = within;
  }

  /** Seconds until a client of this address may ask again; 0 when it may now, and where addresses are not known. */
  take(client: string, now: number): number {
    if (client === '') return 0;
    const address = networkOf(client);
    const known = this.#counts.get(address);
    if (known && known.until > now) {
      known.count++;
      return known.count > this.#most ? Math.ceil((known.until - now) / 1000) : 0;
    }
    // The oldest go first.
    this.#counts.delete(address);
    this.#counts.set(address, { count: 1, until: now + this.#within });
    if (this.#counts.size > MAX_KEPT) this.#counts.delete(this.#counts.keys().next().value ?? '');
    return 0;
  }
}
