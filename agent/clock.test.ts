import { expect, test, vi } from 'vitest';
import { sleep, systemClock } from './clock.ts';
import { FakeClock } from './testing/fake-clock.ts';

test('A wait longer than a timer of Node can hold does not end at once', () => {
  vi.useFakeTimers();
  try {
    const ran: string[] = [];
    const year = 365 * 24 * 3600_000;
    systemClock.after(year, () => void ran.push('late'));
    const cancel = systemClock.after(year, () => void ran.push('cancelled'));
    vi.advanceTimersByTime(year / 2);
    cancel();
    expect(ran).toEqual([]);
    vi.advanceTimersByTime(year / 2);
    expect(ran).toEqual(['late']);
  } finally {
    vi.useRealTimers();
  }
});

test('A sleep ends when its signal is aborted, and leaves no timer behind', async () => {
  const clock = new FakeClock();
  const abort = new AbortController();
  const slept = sleep(clock, 5000, abort.signal);
  expect(clock.next).toBe(clock.now() + 5000);
  abort.abort();
  await slept;
  expect(clock.next).toBeUndefined();
});
