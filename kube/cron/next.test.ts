import { expect, test } from 'vitest';
import { nextTime } from './next.ts';
import { parseSchedule } from './schedule.ts';
import { zoneOf } from './zone.ts';

/** In the zone's time. */
function next(text: string, after: string, timeZone?: string): string | undefined {
  const schedule = parseSchedule(text);
  if (typeof schedule === 'string') throw new Error(schedule);
  const time = nextTime(schedule, Date.parse(after), timeZone);
  return time === undefined ? undefined : zoneOf(timeZone ?? 'UTC').rfc3339(time);
}

// The expected times are those of robfig/cron v3.0.1.
test.each([
  ['* * * * *', '2026-03-01T10:00:59.999Z', 'UTC', '2026-03-01T10:01:00Z'],
  ['*/15 1,2 * * 6,0', '2026-03-02T00:00:00Z', 'UTC', '2026-03-07T01:00:00Z'],
  ['0 12 13 * 5', '2026-03-01T00:00:00Z', 'UTC', '2026-03-06T12:00:00Z'],
  ['0 12 */2 * 1', '2026-03-01T13:00:00Z', 'UTC', '2026-03-02T12:00:00Z'],
  ['0 12 * * 5', '2026-03-01T00:00:00Z', 'UTC', '2026-03-06T12:00:00Z'],
  ['0 0 29 2 *', '2026-03-01T00:00:00Z', 'UTC', '2028-02-29T00:00:00Z'],
  ['@every 1h30m10s', '2026-03-01T00:00:00.700Z', 'UTC', '2026-03-01T01:30:10Z'],
  ['@every 500ms', '2026-03-01T00:00:00Z', 'UTC', '2026-03-01T00:00:01Z'],
  ['@yearly', '2026-03-01T00:00:00Z', 'Asia/Kathmandu', '2027-01-01T00:00:00+05:45'],
  // The hour from two to three is skipped, and later repeated.
  ['30 2 * * *', '2026-03-28T12:00:00Z', 'Europe/Berlin', '2026-03-30T02:30:00+02:00'],
  ['30 2 * * *', '2026-10-24T12:00:00Z', 'Europe/Berlin', '2026-10-25T02:30:00+02:00'],
  ['30 2 * * *', '2026-10-25T00:30:00Z', 'Europe/Berlin', '2026-10-25T02:30:00+01:00'],
])('%s after %s in %s', (text, after, zone, expected) => {
  expect(next(text, after, zone)).toBe(expected);
});

test('a day whose midnight is skipped begins an hour later', () => {
  expect(next('15 3 * * 0', '2026-03-28T12:00:00Z', 'Asia/Beirut')).toBe('2026-03-29T03:15:00+03:00');
  expect(next('15 3 * * 0', '2018-11-03T12:00:00Z', 'America/Sao_Paulo')).toBe('2018-11-04T03:15:00-02:00');
});

test('a day that its zone left out is passed over', () => {
  expect(next('0 */2 * * 5', '2011-12-29T03:00:46Z', 'Pacific/Apia')).toBe('2012-01-06T00:00:00+14:00');
});

test('the zone that the text names counts', () => {
  expect(next('TZ=Asia/Tokyo 0 9 * * *', '2026-03-01T00:00:00Z')).toBe('2026-03-02T00:00:00Z');
});

test.each(['59 23 31 2 *', ', * * * *', '0 , * * *', '* * * , *'])('%s is never due', (text) => {
  expect(next(text, '2026-03-01T00:00:00Z', 'Europe/Berlin')).toBeUndefined();
});
