/** A time to come, to the minute. `end`: RFC 3339. */
import { locale } from '../i18n/index.ts';

export function Until({ end }: { end: string }) {
  const text = new Date(end).toLocaleString(locale.value, { dateStyle: 'medium', timeStyle: 'short' });
  return <time dateTime={end}>{text}</time>;
}
