import { expect, test } from 'vitest';
import type { UsageMessage } from '../../wire/usage.ts';
import { NodeUsage } from './usage.ts';

function usage() {
  const sent: [string, number][] = [];
  const timers: (() => void)[] = [];
  const clock = { time: 1000 };
  const ports = new NodeUsage({
    send: (node, message) => {
      if (node === 'away') return false;
      sent.push([node, message.type === 'measure' ? message.id : -1]);
      return true;
    },
    now: () => clock.time,
    after: (_, run) => {
      timers.push(run);
      return () => void timers.splice(timers.indexOf(run), 1);
    },
  });
  return { ports, sent, timers, clock };
}

const message = (id: number): UsageMessage => ({
  type: 'usage',
  id,
  at: 900,
  window: 1000,
  node: [5, 6],
  pods: [['u', [['app', 3, 4]]]],
});

test('what an agent tells by itself is kept as an answer is', async () => {
  const { ports, sent } = usage();
  ports.heard('a', { ...message(0), changed: ['k'] });
  expect([(await ports.ask(['a'])).get('a')?.at, sent]).toEqual([900, []]);
  expect(ports.follow({ key: 'k', nodes: { a: ['u'] }, resources: ['cpu'] })).toBe(true);
  expect(ports.follow({ key: 'k', nodes: { a: ['u'], away: ['v'] }, resources: ['cpu'] })).toBe(false);
});

test('a node is asked once, and its answer is kept for a moment', async () => {
  const { ports, sent, timers, clock } = usage();
  const both = Promise.all([ports.ask(['a', 'away']), ports.ask(['a'])]);
  ports.heard('a', message(99));
  ports.heard('b', message(1));
  ports.heard('a', message(1));
  const [first, second] = await both;
  expect(first).toEqual(
    new Map([
      [
        'a',
        {
          at: 900,
          window: 1000,
          node: { cpu: 5, memory: 6 },
          pods: new Map([['u', [{ name: 'app', cpu: 3, memory: 4 }]]]),
        },
      ],
    ]),
  );
  expect(second).toEqual(first);
  expect(await ports.ask(['a'])).toEqual(first);
  expect([sent, timers.length]).toEqual([[['a', 1]], 0]);
  clock.time += 10_000;
  const again = ports.ask(['a']);
  expect(sent.at(-1)).toEqual(['a', 3]);
  timers[0]?.();
  expect(await again).toEqual(new Map());
});

test('an answer of before the clock was set back is asked for anew', async () => {
  const { ports, sent, clock } = usage();
  clock.time += 3_600_000;
  ports.heard('a', { ...message(0), changed: ['k'] });
  clock.time -= 3_600_000;
  void ports.ask(['a']);
  expect(sent).toEqual([['a', 1]]);
});

test('the answer of a node that is gone is forgotten with the next one’s', async () => {
  const { ports, sent, clock } = usage();
  for (let i = 0; i < 3; i++) {
    const asked = ports.ask([`n${i}`]);
    ports.heard(`n${i}`, message(sent.at(-1)?.[1] ?? 0));
    await asked;
    clock.time += 10_000;
  }
  expect(ports.kept).toBe(1);
});

test('what agents remember is summed by minutes, without those that do not answer', async () => {
  const { ports, sent, timers } = usage();
  const asked = new Map([
    ['a', ['u']],
    ['b', undefined],
    ['silent', undefined],
    ['away', undefined],
  ]);
  const hour = ports.recall(asked);
  expect(sent.map(([node]) => node)).toEqual(['a', 'b', 'silent']);
  ports.recalled('b', { type: 'recalled-usage', id: 1, minutes: [[9, 9]] });
  ports.recalled('a', { type: 'recalled-usage', id: 1, minutes: [[1, 2], null, [3, 4]] });
  ports.recalled('b', { type: 'recalled-usage', id: 2, minutes: [[10, 20], null] });
  timers.at(-1)?.();
  expect(await hour).toEqual([[11, 22], null, [3, 4]]);
  expect(await ports.recall(new Map([['away', undefined]]))).toEqual([]);
});
