/** Times of tokens, for people. */
import { locale } from '../../i18n/index.ts';
import { t } from './messages.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `90 days`: of whole units, the largest that leaves nothing out. */
export function lengthText(seconds: number): string {
  if (seconds % DAY === 0) return t('days', { count: seconds / DAY });
  if (seconds % HOUR === 0) return t('hours', { count: seconds / HOUR });
  return t('minutes', { count: Math.ceil(seconds / MINUTE) });
}

/** `3 Dec 2026`. `time`: RFC 3339. */
export function dateText(time: string): string {
  const format = new Intl.DateTimeFormat(locale.value === 'zh' ? 'zh-CN' : 'en-GB', { dateStyle: 'medium' });
  return format.format(new Date(time));
}
