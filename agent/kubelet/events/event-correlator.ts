/**
 * Decides what is written of an event (client-go `tools/record/events_cache.go`): a repeat counts up the event before,
 * many alike become one, and events about one object are rate-limited.
 */

export interface EventText {
  type: string;
  reason: string;
  message: string;
}

export interface Correlated extends EventText {
  /** Events with the same key are one object. */
  key: string;
  /** The number of repeats. */
  count: number;
}

const MAX_KEYS = 4096;
/** More messages than this, that differ in nothing else, within this time become one. */
const MAX_SIMILAR = 10;
const SIMILAR_INTERVAL = 600_000;
/** So many at once about an object, and one more each time the interval has passed. */
const BURST = 25;
const REFILL_INTERVAL = 300_000;

interface Similar {
  messages: Set<string>;
  last: number;
}

interface Bucket {
  tokens: number;
  at: number;
}

export class EventCorrelator {
  readonly #similar = new Map<string, Similar>();
  readonly #buckets = new Map<string, Bucket>();
  readonly #counts = new Map<string, number>();

  /** `about` names the object, and its part. Undefined: it is not worth writing. */
  correlate(object: string, part: string, event: EventText, now: number): Correlated | undefined {
    const { type, reason } = event;
    const alike = [object, part, type, reason].join('\n');
    const isOneOfMany = this.#isOneOfMany(alike, event.message, now);
    const key = isOneOfMany ? alike : `${alike}\n${event.message}`;
    const message = isOneOfMany ? `(combined from similar events): ${event.message}` : event.message;
    const count = (this.#counts.get(key) ?? 0) + 1;
    remember(this.#counts, key, count);
    return this.#take(object, now) ? { key, count, type, reason, message } : undefined;
  }

  /** The Event object that was counted up is gone: the next repeat makes a new one. */
  forget(key: string): void {
    this.#counts.set(key, 1);
  }

  #isOneOfMany(key: string, message: string, now: number): boolean {
    const known = this.#similar.get(key);
    const similar = known && now - known.last <= SIMILAR_INTERVAL ? known : { messages: new Set<string>(), last: now };
    similar.last = now;
    if (similar.messages.size < MAX_SIMILAR) similar.messages.add(message);
    remember(this.#similar, key, similar);
    return similar.messages.size >= MAX_SIMILAR;
  }

  #take(object: string, now: number): boolean {
    const { tokens, at } = this.#buckets.get(object) ?? { tokens: BURST, at: now };
    // The machine's clock may have been set back.
    const filled = Math.min(BURST, tokens + Math.max(0, now - at) / REFILL_INTERVAL);
    const enough = filled >= 1;
    remember(this.#buckets, object, { tokens: enough ? filled - 1 : filled, at: now });
    return enough;
  }
}

/** The newest are kept. */
function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > MAX_KEYS) map.delete(map.keys().next().value as string);
}
