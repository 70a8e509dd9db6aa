import { expect, test } from 'vitest';
import { EventAggregator, EventSpamFilter } from './event-correlation.ts';

const DAY = 24 * 3600_000;

test('from the tenth message on, events that differ in nothing else become one', () => {
  const aggregator = new EventAggregator();
  const all = Array.from({ length: 12 }, (_, i) => aggregator.aggregate('g', `try ${i}`, i));
  expect(all[8]?.message).toBe('try 8');
  expect(all[9]?.message).toBe('(combined from similar events): try 9');
  expect(all[11]).toEqual({ key: all[9]?.key, message: '(combined from similar events): try 11' });
  expect(aggregator.aggregate('g', 'try 3', 12)).toEqual(all[3]);
  expect(aggregator.aggregate('other', 'try 12', 12).message).toBe('try 12');
  expect(aggregator.aggregate('g', 'try 12', 700_000).message).toBe('try 12');
});

test('events about one object are limited to one every five minutes after a burst; those of others are not held back', () => {
  const filter = new EventSpamFilter();
  const admitted = (count: number, now: number, object = 'pod a') =>
    Array.from({ length: count }, () => filter.admits(object, now)).filter(Boolean).length;
  expect(admitted(100, 0)).toBe(25);
  expect(admitted(100, 299_000)).toBe(0);
  expect(admitted(100, 300_000)).toBe(1);
  expect(admitted(100, 300_000, 'pod b')).toBe(25);
});

test('after the clock was set back by a day events are not held back for that day', () => {
  const filter = new EventSpamFilter();
  expect([filter.admits('pod a', DAY), filter.admits('pod a', 0)]).toEqual([true, true]);
});
