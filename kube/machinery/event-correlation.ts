/**
 * Keeps Events few (client-go `tools/record/events_cache.go`): many that differ in their message alone become one, and
 * events about one object are rate-limited. Recorders count the repeats of one Event themselves.
 */
import { RecentMap } from './recent-map.ts';

/** Upstream's `maxLruCacheEntries`. */
export const MAX_EVENT_KEYS = 4096;
/** The number of messages in a group from which on further ones are combined. */
const MAX_SIMILAR = 10;
/** A message that comes later than this after the one before begins its group anew. */
const SIMILAR_INTERVAL_MS = 600_000;
/** The events about an object at once, and the time after which there may be one more. */
const BURST = 25;
const REFILL_INTERVAL_MS = 300_000;

/** The key of an event's group, from all that its events have in common. */
export const eventGroup = (...parts: readonly string[]): string => parts.join('\u0000');

export class EventAggregator {
  readonly #groups = new RecentMap<{ messages: Set<string>; last: number }>(MAX_EVENT_KEYS);

  /** The message to write, and the key of its Event: events with the same key are one object. */
  aggregate(group: string, message: string, now: number): { key: string; message: string } {
    const known = this.#groups.get(group);
    const { messages } = known && now - known.last <= SIMILAR_INTERVAL_MS ? known : { messages: new Set<string>() };
    messages.add(message);
    this.#groups.set(group, { messages, last: now });
    if (messages.size < MAX_SIMILAR) return { key: eventGroup(group, message), message };
    messages.delete(message);
    return { key: group, message: `(combined from similar events): ${message}` };
  }
}

/** Upstream's EventSourceObjectSpamFilter. */
export class EventSpamFilter {
  readonly #buckets = new RecentMap<{ tokens: number; at: number }>(MAX_EVENT_KEYS);

  /** Whether an event about the object may be written now. */
  admits(object: string, now: number): boolean {
    const { tokens, at } = this.#buckets.get(object) ?? { tokens: BURST, at: now };
    // A machine's clock may have been set back.
    const filled = Math.min(BURST, tokens + Math.max(0, now - at) / REFILL_INTERVAL_MS);
    const isAdmitted = filled >= 1;
    this.#buckets.set(object, { tokens: isAdmitted ? filled - 1 : filled, at: now });
    return isAdmitted;
  }
}

/** The name of an Event in upstream's form: by their nanoseconds, Events are listed in the order they happened. */
export function eventName(object: string, nanoseconds: bigint): string {
  return `${object}.${nanoseconds.toString(16)}`;
}
