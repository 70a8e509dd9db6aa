/** Which events are dropped, and which are one: the second one is counted in the Event that the first one made. */
import {
  EventAggregator,
  EventSpamFilter,
  eventGroup,
  MAX_EVENT_KEYS,
} from '../../../kube/machinery/event-correlation.ts';
import { RecentMap } from '../../../kube/machinery/recent-map.ts';
import type { EventDecision } from './plan.ts';

/** An event that was recorded before. */
export interface Recorded {
  name: string;
  count: number;
  /** RFC 3339 */
  firstTimestamp: string;
}

export interface Correlated {
  /** Names the event for {@link EventCorrelator.known}. */
  id: string;
  message: string;
}

export class EventCorrelator {
  private readonly aggregator = new EventAggregator();
  private readonly filter = new EventSpamFilter();
  private readonly written = new RecentMap<Recorded>(MAX_EVENT_KEYS);

  /** undefined for an event that is dropped. */
  correlate(source: string, event: EventDecision, now: number): Correlated | undefined {
    const { regarding } = event;
    const object = eventGroup(source, regarding.kind, regarding.namespace, regarding.name, regarding.uid);
    const group = eventGroup(object, regarding.fieldPath ?? '', event.type, event.reason);
    const { key: id, message } = this.aggregator.aggregate(group, event.message, now);
    return this.filter.admits(object, now) ? { id, message } : undefined;
  }

  known(id: string): Recorded | undefined {
    return this.written.get(id);
  }

  recorded(id: string, recorded: Recorded): void {
    this.written.set(id, recorded);
  }

  /** The recorded event has expired. */
  forget(id: string): void {
    this.written.delete(id);
  }
}
