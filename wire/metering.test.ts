import { expect, test } from 'vitest';
import { costOf, costOfStorage } from './metering.ts';

const nothing = {
  requests: 0,
  messages: 0,
  rowsRead: 0,
  rowsWritten: 0,
  activeSeconds: 0,
  bytesSent: 0,
  streamSeconds: 0,
};

test('use costs what the price list says', () => {
  expect(costOf(nothing)).toBe(0);
  expect(costOf({ ...nothing, requests: 1e6 })).toBeCloseTo(0.15);
  expect(costOf({ ...nothing, messages: 20e6 })).toBeCloseTo(0.15);
  expect(costOf({ ...nothing, rowsWritten: 1e6, rowsRead: 1e9 })).toBeCloseTo(2);
  // An object that is awake for a month: 331,776 GB-seconds.
  expect(costOf({ ...nothing, activeSeconds: 30 * 86_400 })).toBeCloseTo(4.15, 2);
  // So is one of a stream.
  expect(costOf({ ...nothing, streamSeconds: 30 * 86_400 })).toBeCloseTo(4.15, 2);
  expect(costOf({ ...nothing, bytesSent: 1e12 })).toBe(0);
  expect(costOfStorage(1e9) * 30).toBeCloseTo(0.2);
});
