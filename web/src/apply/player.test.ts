import { expect, test } from 'vitest';
import { frameTime, type Player, type PlayerAction, play } from './player.ts';

const from = (at: number, plays = false): Player => ({ at, plays, speed: 1 });
const does = (player: Player, to: 'first' | 'last' | 'next' | 'previous' | 'toggle' | 'tick', count = 4) =>
  play(player, { to }, count);

test('steps stay within the story, and end the replay', () => {
  expect(does(from(0), 'previous')).toEqual(from(0));
  expect(does(from(3), 'next')).toEqual(from(3));
  expect(does(from(1, true), 'next')).toEqual(from(2));
  expect(does(from(1, true), 'last')).toEqual(from(3));
  expect(play(from(1), { to: 'frame', at: 99 }, 4)).toEqual(from(3));
});

test('it plays to the end and stops there; played again, it begins anew', () => {
  let player = does(from(1), 'toggle');
  const seen: number[] = [];
  for (let ticks = 0; player.plays && ticks < 9; ticks++) {
    player = does(player, 'tick');
    seen.push(player.at);
  }
  expect(seen).toEqual([2, 3]);
  expect(does(player, 'toggle')).toEqual(from(0, true));
  expect(does(from(1, true), 'toggle')).toEqual(from(1));
});

test('a story of one step has nothing to play', () => {
  expect(does(from(0), 'toggle', 1)).toEqual(from(0));
});

test('what is looked at to its end goes on by itself as the story grows; an earlier step stays', () => {
  const longer: PlayerAction = { to: 'longer', before: 3 };
  expect(play(from(2), longer, 5)).toEqual(from(2, true));
  expect(play(from(1), longer, 5)).toEqual(from(1));
  expect(play(from(1, true), longer, 5)).toEqual(from(1, true));
  // A group of steps alike has taken others in.
  expect(play(from(2), longer, 2)).toEqual(from(1));
});

test('speed shortens each step', () => {
  expect(frameTime(play(from(0), { to: 'speed', speed: 4 }, 2))).toBe(frameTime(from(0)) / 4);
});
