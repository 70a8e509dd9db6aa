/** The age of a thing; its time when pointed at. Redraws itself alone as time goes by. */
import { humanDuration } from '../../../kube/kinds/columns/human-duration.ts';
import { now } from '../api/clock.ts';

/** `since`: RFC 3339, or milliseconds since the epoch. */
export function Age({ since }: { since: string | number | null | undefined }) {
  const date = new Date(since ?? Number.NaN);
  const then = date.getTime();
  if (!(then > 0)) return null;
  return (
    <time dateTime={date.toISOString()} title={date.toLocaleString()}>
      {humanDuration(Math.max(0, now.value - then))}
    </time>
  );
}
