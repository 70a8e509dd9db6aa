import { timeOf } from '../../../kube/machinery/time.ts';
import type { Event } from '../../../kube/types.ts';
import { type Filter, inNamespace, isNamed } from './filter.ts';

/** An event as it is shown: repeats are one row. */
export interface EventGroup {
  /** The last of them. */
  event: Event;
  count: number;
  /** Milliseconds since the epoch. */
  first: number;
  last: number;
}

/**
 * Newest first; of those within one second, which is all that most of their times say, the one that was written last.
 */
export function groupEvents(events: Iterable<Event>): EventGroup[] {
  const groups = new Map<string, EventGroup>();
  for (const event of events) {
    const { involvedObject, type, reason, message } = event;
    const { kind, namespace, name, uid } = involvedObject;
    const key = JSON.stringify([kind, namespace, name, uid, type, reason, message]);
    const one = {
      event,
      count: event.series?.count ?? event.count ?? 1,
      first: firstSeen(event),
      last: lastSeen(event),
    };
    const other = groups.get(key);
    if (!other) groups.set(key, one);
    else {
      const later = newestFirst(one, other) < 0 ? one : other;
      groups.set(key, {
        ...later,
        count: one.count + other.count,
        first: Math.min(one.first, other.first),
      });
    }
  }
  return [...groups.values()].sort(newestFirst);
}

function newestFirst(a: EventGroup, b: EventGroup): number {
  return second(b) - second(a) || Number(b.event.metadata.resourceVersion) - Number(a.event.metadata.resourceVersion);
}

function second({ last }: EventGroup): number {
  return Math.floor(last / 1000);
}

function lastSeen({ series, lastTimestamp, eventTime, firstTimestamp, metadata }: Event): number {
  return timeOf(series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? firstTimestamp ?? metadata.creationTimestamp);
}

function firstSeen({ firstTimestamp, eventTime, metadata }: Event): number {
  return timeOf(firstTimestamp ?? eventTime ?? metadata.creationTimestamp);
}

/** Events of Nodes carry the node's name for a uid, so those are matched by name. */
export function isAbout({ involvedObject }: Event, { kind, name, uid }: { kind: string; name: string; uid?: string }) {
  if (involvedObject.kind !== kind || involvedObject.name !== name) return false;
  return kind === 'Node' || involvedObject.uid === uid;
}

export function isShown({ involvedObject }: Event, filter: Filter): boolean {
  return inNamespace(filter, involvedObject.namespace) && isNamed(filter, involvedObject.name);
}
