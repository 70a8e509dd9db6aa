import { expect, test } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { Refusal } from './refusal.ts';

function rig(answers: boolean[]) {
  const clock = new FakeClock();
  const seen = { asked: 0, confirmed: 0 };
  const refusal = new Refusal({
    isMember: async () => {
      seen.asked++;
      return answers.shift() ?? false;
    },
    clock,
    random: () => 0.5,
    confirmed: () => void seen.confirmed++,
  });
  return { clock, seen, refusal };
}

test('A token is refused for good when it is refused repeatedly; suspicions meanwhile count as one', async () => {
  const { clock, seen, refusal } = rig([]);
  for (let i = 0; i < 5; i++) void refusal.suspect();
  await clock.advance(10_000);
  expect(seen).toEqual({ asked: 3, confirmed: 1 });
});

test('A single refusal of a token that was renewed meanwhile does not count', async () => {
  const { clock, seen, refusal } = rig([false, true]);
  void refusal.suspect();
  await clock.advance(10_000);
  expect(seen).toEqual({ asked: 2, confirmed: 0 });
});
