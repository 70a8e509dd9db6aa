import { expect, test } from 'vitest';
import type { UsageMessage } from '../../wire/usage.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { UsageFollower } from './usage-follower.ts';

const MIB = 1024 * 1024;

function rig() {
  const clock = new FakeClock();
  const sent: UsageMessage[] = [];
  /** Thousandths of a CPU, by pod. */
  const cpu: Record<string, number> = { a: 100, b: 100 };
  const usage = (): UsageMessage => ({
    type: 'usage',
    id: 0,
    at: clock.now(),
    window: 15_000,
    node: [0, 0],
    pods: Object.entries(cpu).map(([uid, milli]) => [uid, [['app', milli * 1_000_000, 100 * MIB]]]),
  });
  let isDown = false;
  const follower = new UsageFollower({
    clock,
    measure: async () => {
      if (isDown) throw new Error('no runtime');
      return usage();
    },
    send: (message) => sent.push(message),
  });
  /** As a look of the autoscaler's does. */
  const look = (key = 'hpa') => {
    follower.told(usage());
    follower.follow({ type: 'follow-usage', key, pods: ['a', 'b', 'pending'], resources: ['cpu'] });
  };
  const pass = async (seconds: number) => {
    await clock.advance(seconds * 1000);
    return sent.splice(0).map(({ id, changed }) => [id, changed]);
  };
  return { clock, cpu, follower, look, pass, down: (is: boolean) => (isDown = is) };
}

test('idle pods are silent, and a change of the sum is told until the follower has looked', async () => {
  const { cpu, look, pass } = rig();
  look();
  cpu.a = 101;
  cpu.b = 102;
  expect(await pass(60)).toEqual([]);
  cpu.b = 104;
  expect(await pass(30)).toEqual([
    [0, ['hpa']],
    [0, ['hpa']],
  ]);
  look();
  expect(await pass(60)).toEqual([]);
});

test('noise is less than a thousandth of a CPU', async () => {
  const { cpu, look, pass } = rig();
  Object.assign(cpu, { a: 0.1, b: 0 });
  look();
  cpu.a = 1;
  expect(await pass(60)).toEqual([]);
  cpu.a = 2;
  expect(await pass(15)).toHaveLength(1);
});

test('a pod that begins to be measured is a change, and one that nothing follows none', async () => {
  const { cpu, look, pass } = rig();
  look();
  cpu.other = 500;
  expect(await pass(30)).toEqual([]);
  cpu.pending = 0;
  expect(await pass(15)).toEqual([[0, ['hpa']]]);
});

test('with no follower left nothing is measured', async () => {
  const { clock, cpu, follower, look, pass } = rig();
  look();
  look('gone');
  cpu.a = 500;
  expect(await pass(15)).toEqual([[0, ['hpa', 'gone']]]);
  follower.unfollow('gone');
  expect(await pass(15)).toEqual([[0, ['hpa']]]);
  for (const uid of Object.keys(cpu)) delete cpu[uid];
  expect(await pass(120)).toHaveLength(3);
  expect(clock.next).toBe(undefined);
});

test('a runtime that cannot be asked is asked again', async () => {
  const { cpu, down, look, pass } = rig();
  look();
  cpu.a = 500;
  down(true);
  expect(await pass(30)).toEqual([]);
  down(false);
  expect(await pass(15)).toHaveLength(1);
});
