import { expect, test } from 'vitest';
import { differenceOf } from './code-mirror.tsx';

test.each([
  ['replicas: 1\nready: 0\n', 'replicas: 1\nready: 1\n', { from: 19, to: 20, insert: '1' }],
  ['aa', 'aaa', { from: 2, to: 2, insert: 'a' }],
  ['aaa', 'aa', { from: 2, to: 3, insert: '' }],
  ['', 'a', { from: 0, to: 0, insert: 'a' }],
  ['same', 'same', { from: 4, to: 4, insert: '' }],
])('of %j and %j only the piece that is another is replaced', (before, after, difference) => {
  expect(differenceOf(before, after)).toEqual(difference);
});
