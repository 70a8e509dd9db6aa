import { expect, test } from 'vitest';
import { timeZoneError } from './time-zones.ts';

test.each(['UTC', 'Etc/UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'GB', 'EST5EDT', 'Etc/GMT+5'])(
  '%s is found, also by Intl, which schedules go by',
  (name) => {
    expect(timeZoneError(name)).toBeUndefined();
    expect(() => new Intl.DateTimeFormat('en', { timeZone: name })).not.toThrow();
  },
);

test.each([
  ['etc/utc', 'unknown time zone etc/utc'],
  ['+05:00', 'unknown time zone +05:00'],
  ['Mars/One', 'unknown time zone Mars/One'],
  ['Europe', 'unknown time zone Europe'],
  ['Europe/../UTC', 'time: invalid location name'],
  ['/UTC', 'time: invalid location name'],
])('%s is not: %s', (name, error) => {
  expect(timeZoneError(name)).toBe(error);
});
