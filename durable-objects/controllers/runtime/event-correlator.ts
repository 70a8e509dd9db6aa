/**
 * Keeps events few (client-go `tools/record/events_cache.go`): the same event again counts up, many similar ones are
 * combined, and one object may not flood (25 at once, then one in five minutes).
 */
import type { EventDecision } from './plan.ts';

const SIMILAR_MAX = 10;
const SIMILAR_MS = 600_000;
const BURST = 25;
const REFILL_MS = 300_000;
const CACHE_SIZE = 4096;
const COMBINED_PREFIX = '(combined from similar events): ';

/** An event that was recorded before. */
export interface Recorded {
  name: string;
  count: number;
  /** RFC 3339 */
  firstTimestamp: string;
}

export type Correlated =
  | { do: 'drop' }
  /** `id` names the event for {@link Correlator.recorded}. */
  | { do: 'create'; id: string; message: string }
  | { do: 'count'; id: string; message: string; recorded: Recorded };

export class Correlator {
  private readonly similar = new Map<string, { messages: Set<string>; last: number }>();
  private readonly buckets = new Map<string, { tokens: number; at: number }>();
  private readonly known = new Map<string, Recorded>();

  correlate(source: string, event: EventDecision, now: number): Correlated {
    const { regarding } = event;
    const object = [source, regarding.kind, regarding.namespace, regarding.name, regarding.uid].join('\u0000');
    const sort = [object, regarding.fieldPath ?? '', event.type, event.reason].join('\u0000');

    let group = this.similar.get(sort);
    if (!group || now - group.last > SIMILAR_MS) group = { messages: new Set(), last: now };
    group.last = now;
    group.messages.add(event.message);
    remember(this.similar, sort, group);
    const combined = group.messages.size >= SIMILAR_MAX;
    if (combined) group.messages.delete(event.message);

    if (!this.take(object, now)) return { do: 'drop' };
    const message = combined ? `${COMBINED_PREFIX}${event.message}` : event.message;
    const id = combined ? sort : `${sort}\u0000${event.message}`;
    const recorded = this.known.get(id);
    return recorded ? { do: 'count', id, message, recorded } : { do: 'create', id, message };
  }

  recorded(id: string, recorded: Recorded): void {
    remember(this.known, id, recorded);
  }

  /** The recorded event has expired. */
  forget(id: string): void {
    this.known.delete(id);
  }

  private take(object: string, now: number): boolean {
    const bucket = this.buckets.get(object) ?? { tokens: BURST, at: now };
    bucket.tokens = Math.min(BURST, bucket.tokens + (now - bucket.at) / REFILL_MS);
    bucket.at = now;
    remember(this.buckets, object, bucket);
    if (bucket.tokens < 1) return false;
    bucket.tokens--;
    return true;
  }
}

/** Keeps the youngest entries. */
function remember<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > CACHE_SIZE) {
    const oldest = map.keys().next().value;
    if (oldest !== undefined) map.delete(oldest);
  }
}
