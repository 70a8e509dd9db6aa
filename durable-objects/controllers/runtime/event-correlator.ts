/** The fate of an event: dropped, written as a new Event, or counted in one that was recorded before. */
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

export type Correlated =
  | { do: 'drop' }
  /** `id` names the event for {@link EventCorrelator.recorded}. */
  | { do: 'create'; id: string; message: string }
  | { do: 'count'; id: string; message: string; recorded: Recorded };

export class EventCorrelator {
  private readonly aggregator = new EventAggregator();
  private readonly filter = new EventSpamFilter();
  private readonly known = new RecentMap<Recorded>(MAX_EVENT_KEYS);

  correlate(source: string, event: EventDecision, now: number): Correlated {
    const { regarding } = event;
    const object = eventGroup(source, regarding.kind, regarding.namespace, regarding.name, regarding.uid);
    const group = eventGroup(object, regarding.fieldPath ?? '', event.type, event.reason);
    const { key: id, message } = this.aggregator.aggregate(group, event.message, now);
    if (!this.filter.admits(object, now)) return { do: 'drop' };
    const recorded = this.known.get(id);
    return recorded ? { do: 'count', id, message, recorded } : { do: 'create', id, message };
  }

  recorded(id: string, recorded: Recorded): void {
    this.known.set(id, recorded);
  }

  /** The recorded event has expired. */
  forget(id: string): void {
    this.known.delete(id);
  }
}
