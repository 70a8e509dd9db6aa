import { expect, test } from 'vitest';
import { EventCorrelator } from './event-correlator.ts';

const event = (message: string, reason = 'Failed') => ({ type: 'Warning', reason, message });

test('A repeat is counted up in the event before it', () => {
  const correlator = new EventCorrelator();
  const [first, again] = [0, 1000].map((now) => correlator.correlate('pod a', '', event('no'), now));
  expect([first?.count, again?.count]).toEqual([1, 2]);
  expect(again?.key).toBe(first?.key);
  expect(correlator.correlate('pod a', 'spec.containers{c}', event('no'), 2000)?.count).toBe(1);
});

test('From the tenth message on, events that differ in nothing else become one', () => {
  const correlator = new EventCorrelator();
  const all = Array.from({ length: 12 }, (_, i) => correlator.correlate('pod a', '', event(`try ${i}`), i));
  expect(all[8]).toMatchObject({ message: 'try 8', count: 1 });
  expect(all[9]).toMatchObject({ message: '(combined from similar events): try 9', count: 1 });
  expect(all[11]).toMatchObject({ message: '(combined from similar events): try 11', count: 3 });
  const later = correlator.correlate('pod a', '', event('try 12'), 700_000);
  expect(later).toMatchObject({ message: 'try 12' });
});

test('Events about one object are limited to one every five minutes after a burst; those of others are not held back', () => {
  const correlator = new EventCorrelator();
  const said = (count: number, now: number, object = 'pod a') =>
    Array.from({ length: count }, () => correlator.correlate(object, '', event('no'), now)).filter(Boolean).length;
  expect(said(100, 0)).toBe(25);
  expect(said(100, 299_000)).toBe(0);
  expect(said(100, 300_000)).toBe(1);
  expect(said(100, 300_000, 'pod b')).toBe(25);
});

test('After the clock was set back by a day events are not held back for that day', () => {
  const correlator = new EventCorrelator();
  const said = (now: number) => correlator.correlate('pod a', '', event('no'), now) !== undefined;
  expect([said(24 * 3600_000), said(0)]).toEqual([true, true]);
});
