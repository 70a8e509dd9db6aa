import { expect, test } from 'vitest';
import { DeferredWork } from './deferred-work.ts';

function setUp() {
  const timers: { run: () => void; ms: number }[] = [];
  const ran: string[] = [];
  const work = new DeferredWork((run, ms) => timers.push({ run, ms }));
  const defer = (name: string, then?: () => void): void =>
    work.defer(() => {
      ran.push(name);
      then?.();
    }, 0);
  const fire = (): string[] => {
    timers.shift()?.run();
    return ran.splice(0);
  };
  return { work, timers, defer, fire };
}

test('pieces of work share a timer, a few at most, in their order', () => {
  const { timers, defer, fire } = setUp();
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) defer(name);
  expect(timers.map(({ ms }) => ms)).toEqual([0]);
  expect(fire()).toEqual(['a', 'b', 'c', 'd']);
  expect(fire()).toEqual(['e', 'f']);
  expect(timers).toEqual([]);
});

test('work that is deferred by work has the next timer', () => {
  const { timers, defer, fire } = setUp();
  defer('a', () => defer('a again'));
  defer('b');
  expect(fire()).toEqual(['a', 'b']);
  expect(timers).toHaveLength(1);
  expect(fire()).toEqual(['a again']);
  expect(timers).toEqual([]);
});

test('after a request, pieces of work have timers of their own for a while', () => {
  const { work, defer, fire } = setUp();
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) defer(name);
  work.requested();
  expect([fire(), fire(), fire(), fire(), fire()]).toEqual([['a'], ['b'], ['c'], ['d'], ['e', 'f']]);
});

test('work for later has a timer of its own', () => {
  const { work, timers, defer } = setUp();
  defer('a');
  work.defer(() => undefined, 50);
  expect(timers.map(({ ms }) => ms)).toEqual([0, 50]);
});

test('work that throws takes no turn from others, and its error is not hidden', async () => {
  const { work, defer, fire } = setUp();
  const uncaught = new Promise((resolve) => process.once('uncaughtException', resolve));
  const others = process.rawListeners('uncaughtException').slice(0, -1) as ((error: Error) => void)[];
  for (const listener of others) process.removeListener('uncaughtException', listener);
  work.defer(() => {
    throw new Error('broken');
  }, 0);
  defer('b');
  expect(fire()).toEqual(['b']);
  expect(await uncaught).toEqual(new Error('broken'));
  for (const listener of others) process.on('uncaughtException', listener);
});
