import { expect, test } from 'vitest';
import { ApiError } from '../api/request.ts';
import { Meter } from './meter.ts';
import type { Sample } from './samples.ts';

function metered() {
  const at = {
    now: 0,
    asked: 0,
    before: [] as number[],
    answer: { cpu: 1, memory: 1 } as Omit<Sample, 'at'> | undefined | Error,
  };
  const situation = { isLive: true, isLookedAt: true, isReal: false, version: 'a' };
  const meter = new Meter({
    ask: async () => {
      at.asked++;
      if (at.answer instanceof Error) throw at.answer;
      return at.answer && { at: at.now, ...at.answer };
    },
    before: async (first) => at.before.map((ago) => ({ at: first.at - ago, cpu: 5, memory: 5 })),
    now: () => at.now,
    situation: () => situation,
  });
  const later = async (): Promise<void> => {
    at.now += 15_000;
    await meter.tick();
  };
  return { meter, at, situation, later };
}

test('simulated pods are asked about once, and again when something changed; in between they use the same', async () => {
  const { meter, at, situation, later } = metered();
  for (let looks = 0; looks < 4; looks++) await later();
  expect(at.asked).toBe(1);
  expect(meter.samples.value.map((sample) => [sample.at, sample.cpu])).toEqual([
    [15_000, 1],
    [30_000, 1],
    [45_000, 1],
    [60_000, 1],
  ]);
  situation.version = 'b';
  at.answer = { cpu: 2, memory: 1 };
  await later();
  expect([at.asked, meter.samples.value.at(-1)?.cpu]).toEqual([2, 2]);
});

test('machines are asked each time, while somebody looks and the cluster is there', async () => {
  const { meter, at, situation, later } = metered();
  situation.isReal = true;
  await later();
  await later();
  expect(at.asked).toBe(2);
  situation.isLookedAt = false;
  await later();
  expect([at.asked, meter.isPaused.value]).toEqual([2, true]);
  situation.isLive = false;
  await later();
  expect([at.asked, meter.isPaused.value, meter.samples.value.length]).toEqual([2, false, 2]);
});

test('a refusal stays until something changes, a failure is tried again, and neither goes on with the last sample', async () => {
  const { meter, at, situation, later } = metered();
  await later();
  at.answer = new ApiError({ code: 404, message: 'not found' });
  situation.version = 'b';
  await later();
  await later();
  expect([at.asked, meter.samples.value.length, (meter.problem.value as Error).message]).toEqual([2, 1, 'not found']);
  at.answer = new ApiError({ code: 500, message: 'failed' });
  situation.version = 'c';
  await later();
  await later();
  expect(at.asked).toBe(4);
  at.answer = undefined;
  await later();
  expect(meter.problem.value).toBe('none');
});

test('what others remember stands before the first sample, and where nobody looked', async () => {
  const { meter, at, situation, later } = metered();
  situation.isReal = true;
  at.now = 600_000;
  at.before = [120_000, 60_000];
  await later();
  await later();
  situation.isLookedAt = false;
  for (let turns = 0; turns < 10; turns++) await later();
  situation.isLookedAt = true;
  await later();
  expect(meter.samples.value.map((sample) => [sample.at, sample.cpu])).toEqual([
    [495_000, 5],
    [555_000, 5],
    [615_000, 1],
    [630_000, 1],
    [675_000, 5],
    [735_000, 5],
    [795_000, 1],
  ]);
});
