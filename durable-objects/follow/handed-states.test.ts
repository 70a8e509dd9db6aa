import { expect, test } from 'vitest';
import type { ObservedState } from './follower-ports.ts';
import { HandedStates } from './handed-states.ts';

function state(key: string, revision: number, text = '{}'): ObservedState {
  return { key, revision, text, gone: false, object: () => ({ metadata: { name: `${key}@${revision}` } }) as never };
}

test('a state is given once, and only as the revision that is asked for', () => {
  const states = new HandedStates();
  states.keep(state('a', 1));
  states.keep(state('a', 2));
  expect(states.take('a', 2)).toEqual({ metadata: { name: 'a@2' } });
  expect(states.take('a', 2)).toBeUndefined();
  states.keep(state('a', 3));
  expect(states.take('a', 4)).toBeUndefined();
  expect(states.take('a', 3)).toBeUndefined();
});

test('states beyond the bound are not kept, and those that go make room', () => {
  const states = new HandedStates();
  const half = 'x'.repeat(256 * 1024);
  states.keep(state('a', 1, half));
  states.keep(state('b', 2, half));
  states.keep(state('c', 3, half));
  expect(states.take('c', 3)).toBeUndefined();
  expect(states.take('a', 1)).toBeDefined();
  states.forget('b');
  states.keep(state('d', 4, half));
  states.keep(state('e', 5, half));
  expect([states.take('d', 4), states.take('e', 5)].every(Boolean)).toBe(true);
});
