import { expect, test } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { RevocationCheck } from './revocation-check.ts';

function rig(answers: boolean[]) {
  const clock = new FakeClock();
  const seen = { asked: 0, confirmed: 0 };
  const check = new RevocationCheck({
    isMember: async () => {
      seen.asked++;
      return answers.shift() ?? false;
    },
    clock,
    random: () => 0.5,
    confirmed: () => void seen.confirmed++,
  });
  return { clock, seen, check };
}

test('A token is refused for good when it is refused repeatedly; suspicions meanwhile count as one', async () => {
  const { clock, seen, check } = rig([]);
  for (let i = 0; i < 5; i++) void check.suspect();
  await clock.advance(10_000);
  expect(seen).toEqual({ asked: 3, confirmed: 1 });
});

test('A single refusal of a token that was renewed meanwhile does not count', async () => {
  const { clock, seen, check } = rig([false, true]);
  void check.suspect();
  await clock.advance(10_000);
  expect(seen).toEqual({ asked: 2, confirmed: 0 });
});
