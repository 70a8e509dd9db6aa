import type { Event } from '../../../kube/types.ts';
import { groupEvents } from '../kinds/event.ts';
import { Age } from './age.tsx';
import { t } from './messages.ts';

/** Newest first. `about`: each row names the object of the event. */
export function EventList({ events, most, about = true }: { events: Event[]; most: number; about?: boolean }) {
  const groups = groupEvents(events);
  if (groups.length === 0) return <p class="empty">{t('noEvents')}</p>;
  return (
    <>
      <ul class="events">
        {groups.slice(0, most).map(({ event, count, first, last }) => (
          <li key={event.metadata.uid}>
            <b class={event.type === 'Warning' ? 'bad' : ''}>{event.reason}</b> {event.message}
            <div class="about">
              {about && `${event.involvedObject.kind?.toLowerCase()}/${event.involvedObject.name} · `}
              {t.parts('ago', { age: <Age since={last} /> })}
              {count > 1 && <> · {t.parts('timesIn', { count, age: <Age since={first} /> })}</>}
            </div>
          </li>
        ))}
      </ul>
      {groups.length > most && <p class="quiet">{t('olderEvents', { count: groups.length - most })}</p>}
    </>
  );
}
