import { expect, test } from 'vitest';
import type { Refusal } from '../../wire/identity.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { RevocationCheck } from './revocation-check.ts';

function rig(answers: (Refusal | undefined)[]) {
  const clock = new FakeClock();
  const seen = { asked: 0, confirmed: [] as Refusal[] };
  const check = new RevocationCheck({
    whyNoMember: async () => {
      seen.asked++;
      return answers.shift();
    },
    clock,
    random: () => 0.5,
    confirmed: (why) => void seen.confirmed.push(why),
  });
  return { clock, seen, check };
}

test('A token is refused for good when it is refused repeatedly; suspicions meanwhile count as one', async () => {
  const { clock, seen, check } = rig(['revoked', 'revoked', 'revoked', 'revoked']);
  for (let i = 0; i < 5; i++) void check.suspect();
  await clock.advance(10_000);
  expect(seen).toEqual({ asked: 3, confirmed: ['revoked'] });
});

test('A single refusal of a token that was renewed meanwhile does not count', async () => {
  const { clock, seen, check } = rig(['revoked', undefined]);
  void check.suspect();
  await clock.advance(10_000);
  expect(seen).toEqual({ asked: 2, confirmed: [] });
});
