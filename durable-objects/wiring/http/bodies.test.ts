import { expect, test } from 'vitest';
import { Bodies } from './bodies.ts';

const MB = 1024 * 1024;

test('bodies have so much room, and give it back', () => {
  const bodies = new Bodies();
  const leave = Array.from({ length: 5 }, (_, index) => bodies.take(`token-${index}`, 3 * MB));
  expect(leave.every((each) => each !== undefined)).toBe(true);
  expect(bodies.take('another', 3 * MB)).toBeUndefined();
  expect(bodies.take('another', 0)).toBeDefined();
  leave[0]?.();
  expect(bodies.take('another', 3 * MB)).toBeDefined();
});

test('one token takes at most half of the room, however many bodies it sends', () => {
  const bodies = new Bodies();
  const taken = Array.from({ length: 10 }, () => bodies.take('slow', 3 * MB)).filter((each) => each !== undefined);
  expect(taken).toHaveLength(2);
  expect(bodies.take('slow', MB)).toBeDefined();
  expect(bodies.take('other', 3 * MB)).toBeDefined();
  for (const leave of taken) leave?.();
  expect(bodies.take('slow', 3 * MB)).toBeDefined();
});
