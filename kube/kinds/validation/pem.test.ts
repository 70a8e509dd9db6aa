import { expect, test } from 'vitest';
import { pemBlocks } from './pem.ts';

const block = (type: string, body = 'YWJj'): string => `-----BEGIN ${type}-----\n${body}\n-----END ${type}-----\n`;
const types = (text: string): string[] => pemBlocks(text).map(({ type }) => type);

test('blocks are found among other text', () => {
  expect(types('')).toEqual([]);
  expect(types(block('A') + block('B'))).toEqual(['A', 'B']);
  expect(types(`hello\n${block('A')}between\n${block('B', 'YWJj\nZGVm')}after`)).toEqual(['A', 'B']);
  expect(types(block('A').replaceAll('\n', '\r\n'))).toEqual(['A']);
  expect(pemBlocks(block('A', 'K: v\n\nYWJj'))).toEqual([{ type: 'A', headers: true, body: 'YWJj' }]);
});

test('text outside of blocks is passed over', () => {
  expect(types(`x${block('A')}`)).toEqual([]);
  expect(types(`-----BEGIN A-----\nYWJj\n-----END B-----\n${block('C')}`)).toEqual(['C']);
  expect(types(`-----BEGIN A\nYWJj\n-----END A-----\n${block('C')}`)).toEqual(['C']);
  expect(types(block('A', '***') + block('C'))).toEqual(['C']);
  expect(types('-----BEGIN A-----\nYWJj\n')).toEqual([]);
});

test('a text of many unfinished blocks is read once', () => {
  const many = '-----BEGIN A-----\n'.repeat(150_000);
  expect(types(many)).toEqual([]);
  expect(types(`${many}-----END B-----\n`)).toEqual([]);
  expect(types(`${many}YWJj\n-----END A-----\n`)).toEqual(['A']);
  expect(types('-----END A-----\n'.repeat(150_000))).toEqual([]);
});
