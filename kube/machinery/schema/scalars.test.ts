import { expect, test } from 'vitest';
import { bytesOf, normalizeBytes, normalizeMicroTime, normalizeTime } from './scalars.ts';

test.each([
  ['2024-02-29T12:00:00Z', '2024-02-29T12:00:00Z'],
  ['2024-01-01T1:02:03.5+01:00', '2024-01-01T00:02:03Z'],
  ['2024-02-29T23:59:59.999999999-01:30', '2024-03-01T01:29:59Z'],
])('the time %s is kept as %s', (text, value) => {
  expect(normalizeTime(text)).toEqual({ value });
});

test.each([
  ['2023-02-29T12:00:00Z', 'parsing time "2023-02-29T12:00:00Z": day out of range'],
  ['2023-13-01T12:00:00Z', 'parsing time "2023-13-01T12:00:00Z": month out of range'],
  ['2024-13-01T25:61:61Z', 'parsing time "2024-13-01T25:61:61Z": month out of range'],
  ['2024-01-01T24:0:00Z', 'parsing time "2024-01-01T24:0:00Z": hour out of range'],
  ['2024-02-30T00:00:00Zx', 'parsing time "2024-02-30T00:00:00Zx": extra text: "x"'],
  ['2024-02-30T00:00:00+25:00x', 'parsing time "2024-02-30T00:00:00+25:00x": time zone offset hour out of range'],
  [
    '2024-01-01T:00:00Z',
    'parsing time "2024-01-01T:00:00Z" as "2006-01-02T15:04:05Z07:00": cannot parse ":00:00Z" as "15"',
  ],
  ['2023-01-01T12:00:00Zx', 'parsing time "2023-01-01T12:00:00Zx": extra text: "x"'],
  ['', 'parsing time "" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "2006"'],
  ['2023-01-01', 'parsing time "2023-01-01" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "T"'],
])('the time %j is refused', (text, error) => {
  expect(normalizeTime(text)).toEqual({ error });
});

test('the zero time of Go is none, in any zone', () => {
  for (const text of ['0001-01-01T00:00:00Z', '0001-01-01T01:00:00+01:00']) {
    expect(normalizeTime(text)).toEqual({ value: undefined });
  }
  expect(normalizeTime('0001-01-01T00:00:01Z')).toEqual({ value: '0001-01-01T00:00:01Z' });
  expect(normalizeMicroTime('0001-01-01T00:00:00.000000Z')).toEqual({ value: undefined });
});

/** Where Go 1.26 gives up. */
const FAULTS: readonly [string, number][] = [
  ['YWJjZ', 4],
  ['YQ=', 3],
  ['YQ', 0],
  ['YQ==a', 4],
  ['YQ=a', 2],
  ['Y===', 1],
  ['ü', 0],
  ['YWJj\n-', 5],
  ['Y\nQ', 1],
];

test('a micro time has six digits of fraction, no more and no fewer', () => {
  expect(normalizeMicroTime('2024-01-01T01:00:00.123456+01:00')).toEqual({ value: '2024-01-01T00:00:00.123456Z' });
  expect(normalizeMicroTime('2024-01-01T1:02:03.123456Z')).toEqual({ value: '2024-01-01T01:02:03.123456Z' });
  expect(normalizeMicroTime('2024-01-01T3:04:65Z')).toEqual({
    error: 'parsing time "2024-01-01T3:04:65Z": second out of range',
  });
  const layout = '"2006-01-02T15:04:05.000000Z07:00"';
  expect(normalizeMicroTime('2024-01-01T00:00:00.123Z')).toEqual({
    error: `parsing time "2024-01-01T00:00:00.123Z" as ${layout}: cannot parse ".123Z" as ".000000"`,
  });
});

test('base64 loses its line breaks and must be whole', () => {
  expect(normalizeBytes('YWJj\nZGVm\r\n')).toEqual({ value: 'YWJjZGVm' });
  expect(['YR==', 'YQ==', 'YWJ=', 'YW\nK='].map((text) => normalizeBytes(text))).toEqual(
    ['YQ==', 'YQ==', 'YWI=', 'YWI='].map((value) => ({ value })),
  );
  for (const [text, at] of FAULTS) {
    expect(normalizeBytes(text)).toEqual({ error: `illegal base64 data at input byte ${at}` });
  }
});

test('offsets of time zones reach as far as Go lets them, and no further', () => {
  expect(normalizeTime('2024-01-01T00:00:00+24:00')).toEqual({ value: '2023-12-31T00:00:00Z' });
  expect(normalizeTime('2024-01-01T00:00:00-05:30')).toEqual({ value: '2024-01-01T05:30:00Z' });
  expect(normalizeTime('2024-01-01T00:00:00+99:99')).toMatchObject({
    error: expect.stringContaining('time zone offset hour out of range'),
  });
  expect(normalizeTime('9999-12-31T23:59:59-24:00')).toEqual({ value: '9999-12-31T23:59:59Z' });
  expect(normalizeTime('0000-01-01T00:00:00+24:00')).toEqual({ value: '0000-01-01T00:00:00Z' });
});

test('a list of more bytes than arguments fit on the stack is read', () => {
  expect(bytesOf(Array(300_000).fill(0))).toBe('A'.repeat(400_000));
});
