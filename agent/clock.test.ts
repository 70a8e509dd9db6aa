import { expect, test, vi } from 'vitest';
import { sleep, systemClock, watchClock } from './clock.ts';
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

test('That the clock was set back is told once; that it goes on, or was set forward, is not', async () => {
  const clock = new FakeClock();
  const start = clock.now();
  let moved = 0;
  let told = 0;
  const stop = watchClock(
    clock,
    () => clock.now() - start + moved,
    () => told++,
  );
  await clock.advance(60_000);
  moved -= 3600_000;
  await clock.advance(60_000);
  expect(told).toBe(0);
  moved += 3600_000;
  await clock.advance(60_000);
  expect(told).toBe(1);
  stop();
});
