import { expect, test } from 'vitest';
import { parse } from './parser.ts';

/** An expression of `n` levels. */
type Deep = (n: number) => string;

const around =
  (before: string, inner: string, after: string): Deep =>
  (n) =>
    before.repeat(n) + inner + after.repeat(n);

const chain =
  (operand: string, operator: string): Deep =>
  (n) =>
    operand + ` ${operator} ${operand}`.repeat(n);

const RULES = 'expression recursion limit exceeded: 250';
const TREE = 'max recursion depth exceeded';

// The limits are those of kube-apiserver 1.36.3.
test.each<[string, Deep, number, string]>([
  ['comparisons', chain('true', '=='), 251, TREE],
  ['sums', chain('1', '+'), 251, TREE],
  ['members', (n) => `a${'.a'.repeat(n)}`, 251, TREE],
  ['calls of members', (n) => `a${'.a()'.repeat(n)}`, 251, TREE],
  ['an index in a comparison', (n) => `a${'[0]'.repeat(n)} == 1`, 250, TREE],
  ['brackets', around('(', '1', ')'), 250, RULES],
  ['arguments', around('size(', '1', ')'), 250, RULES],
  ['lists', around('[', '1', ']'), 250, RULES],
  ['conditions', around('a ? b : ', 'c', ''), 250, RULES],
  ['sums on the right', around('1 + (', '1', ')'), 125, RULES],
  ['products on the right of sums', around('1 + 1 * (', '1', ')'), 84, RULES],
  ['comparisons on the right', around('true == (', 'true', ')'), 125, RULES],
])('%s nest so deep', (_, deep, refused, why) => {
  expect(parse(deep(refused - 1)).problems).toEqual([]);
  expect(parse(deep(refused)).problems).toEqual([{ at: undefined, message: why }]);
  expect(parse(deep(5000)).problems.map(({ message }) => message)).toEqual([why]);
});

test.each<[string, Deep]>([
  ['negations', around('!', 'a', '')],
  ['balanced operators', chain('true', '&&')],
])('%s have no limit', (_, deep) => {
  expect(parse(deep(2000)).problems).toEqual([]);
});
