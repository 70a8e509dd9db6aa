/** How much of a log is asked for at first. */
import type { LogQuery } from './follower.ts';
import { t } from './messages.ts';

interface Range {
  title(): string;
  query: Pick<LogQuery, 'tailLines' | 'sinceSeconds'>;
}

const LINES = 1_000;
const MINUTE = 60;

export const RANGES = {
  last: { title: () => t('last', { count: LINES }), query: { tailLines: LINES } },
  minutes: { title: () => t('minutes', { count: 5 }), query: { sinceSeconds: 5 * MINUTE } },
  hour: { title: () => t('hours', { count: 1 }), query: { sinceSeconds: 60 * MINUTE } },
  day: { title: () => t('hours', { count: 24 }), query: { sinceSeconds: 24 * 60 * MINUTE } },
  all: { title: () => t('all'), query: {} },
} as const satisfies Record<string, Range>;

export type RangeName = keyof typeof RANGES;
