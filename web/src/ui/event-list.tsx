import type { Event } from '../../../kube/types.ts';
import { now } from '../api/clock.ts';
import { age, lastSeen } from '../kinds/event.ts';

/** Newest first. */
export function EventList({ events, most }: { events: Event[]; most: number }) {
  const shown = events.sort((a, b) => lastSeen(b) - lastSeen(a)).slice(0, most);
  if (shown.length === 0) return <p class="empty">No events in the last hour.</p>;
  return (
    <ul class="events">
      {shown.map((event) => (
        <li key={event.metadata.uid}>
          <span class={event.type === 'Warning' ? 'bad' : ''}>{event.reason}</span> {event.message}
          <div class="about">
            {event.involvedObject.kind?.toLowerCase()}/{event.involvedObject.name} · {age(lastSeen(event), now.value)}{' '}
            ago
            {(event.count ?? 1) > 1 && ` · ${event.count} times`}
          </div>
        </li>
      ))}
    </ul>
  );
}
