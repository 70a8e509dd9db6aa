import { expect, test } from 'vitest';
import { scheduleError } from './schedule.ts';

test.each([
  '* * * * *',
  '*/5 0-6,12 1 jan-mar mon',
  '0 0 ? * 0',
  '@hourly',
  '@every 1h30m',
  '@every .5h',
  '1,,2 * * * *',
  'TZ=UTC 0 0 * * *',
  'CRON_TZ=Europe/Berlin   @daily',
])('%j is a schedule', (schedule) => {
  expect(scheduleError(schedule)).toBeUndefined();
});

test.each([
  ['* * *', 'expected exactly 5 fields, found 3: [* * *]'],
  ['61 * * * *', 'end of range (61) above maximum (59): 61'],
  ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
  ['5-1 * * * *', 'beginning of range (5) beyond end of range (1): 5-1'],
  ['*/0 * * * *', 'step of range should be a positive number: */0'],
  [
    '9223372036854775808 * * * *',
    'failed to parse int from 9223372036854775808: strconv.Atoi: parsing "9223372036854775808": value out of range',
  ],
  ['*/-5 * * * *', 'negative number (-5) not allowed: -5'],
  ['x * * * *', 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'],
  ['@every 1', 'failed to parse duration @every 1: time: missing unit in duration "1"'],
  ['CRON_TZ=Bad/Zone * * * * *', 'provided bad location Bad/Zone: unknown time zone Bad/Zone'],
  ['TZ=UTC', 'invalid schedule format: runtime error: slice bounds out of range [:-1]'],
  ['@sometimes', 'unrecognized descriptor: @sometimes'],
])('%j is none', (schedule, error) => {
  expect(scheduleError(schedule)).toBe(error);
});
