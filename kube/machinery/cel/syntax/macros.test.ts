import { expect, test } from 'vitest';
import { parse } from './parser.ts';

const chain = (length: number) => `a${'.optMap(x, x)'.repeat(length)}`;

test('each `optMap` in a row of them doubles those before it: only so many are taken', () => {
  expect(parse(chain(8)).problems).toEqual([]);
  for (const source of [chain(30), chain(200), Array.from({ length: 500 }, () => chain(8)).join('||')]) {
    const [problem] = parse(source).problems;
    expect(problem?.message).toBe('the expression is too large with its macros expanded');
  }
});
