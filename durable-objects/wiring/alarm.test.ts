import { expect, test } from 'vitest';
import { makeAlarm } from './alarm.ts';

test('a part that fails holds up no other, and is not tried again at once', async () => {
  const heard: string[] = [];
  let broken = true;
  const alarm = makeAlarm({
    parts: [
      () => {
        if (broken) throw new Error('full');
      },
      async (now) => void heard.push(`second at ${now}`),
    ],
    next: () => 5,
    report: (_, error) => heard.push(String(error)),
  });
  await alarm.ring(1000);
  expect(heard).toEqual(['Error: full', 'second at 1000']);
  expect(alarm.next()).toBe(31_000);
  broken = false;
  await alarm.ring(31_000);
  expect(alarm.next()).toBe(5);
});

test('no timer, no alarm', () => {
  expect(makeAlarm({ parts: [], next: () => undefined, report: () => {} }).next()).toBeUndefined();
});
