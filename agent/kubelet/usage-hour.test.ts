import { expect, test } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { UsageHour } from './usage-hour.ts';

function rig() {
  const clock = new FakeClock();
  const used = { cpu: 1, pods: ['a', 'b'], isDown: false };
  const hour = new UsageHour({
    clock,
    measure: async () => {
      if (used.isDown) throw new Error('no runtime');
      const containers = [
        ['app', used.cpu, 2],
        ['side', used.cpu, 2],
      ] as const;
      const pods = used.pods.map((uid) => [uid, containers] as const);
      return { type: 'usage', id: 0, at: clock.now(), window: 1000, node: [10 * used.cpu, 20], pods };
    },
  });
  hour.start();
  return { clock, used, hour };
}

test('each minute of the last hour is kept, of the node and of pods together', async () => {
  const { clock, used, hour } = rig();
  await clock.advance(3 * 60_000);
  used.cpu = 5;
  await clock.advance(2 * 60_000);
  expect(hour.recall().slice(0, 7)).toEqual([null, [50, 20], [50, 20], [10, 20], [10, 20], [10, 20], null]);
  expect(hour.recall(['a', 'b', 'gone'])[1]).toEqual([20, 8]);
  expect(hour.recall(['gone'])).toEqual(Array.from({ length: 60 }, () => null));
  await clock.advance(2 * 3_600_000);
  expect(hour.recall().filter((minute) => minute?.[0] === 50)).toHaveLength(59);
});

test('a runtime that is away leaves a gap, and a clock that is set back leaves nothing ahead', async () => {
  const { clock, used, hour } = rig();
  await clock.advance(60_000);
  used.isDown = true;
  await clock.advance(5 * 60_000);
  used.isDown = false;
  await clock.advance(60_000);
  expect(
    hour
      .recall()
      .slice(0, 8)
      .map((minute) => minute !== null),
  ).toEqual([false, true, false, false, false, false, false, true]);
  clock.setBack(3_600_000);
  await clock.advance(60_000);
  expect(hour.recall().filter((minute) => minute !== null)).toHaveLength(1);
  hour.stop();
  await clock.advance(10 * 60_000);
  expect(
    hour
      .recall()
      .slice(0, 9)
      .filter((minute) => minute !== null),
  ).toHaveLength(0);
});
