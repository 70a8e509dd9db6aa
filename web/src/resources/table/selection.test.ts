import { expect, test } from 'vitest';
import { chooseAll, keep, move, NOTHING_CHOSEN, type Selection, toggle } from './selection.ts';

const order = ['a', 'b', 'c', 'd', 'e'];
const chosen = ({ chosen: set }: Selection) => [...set].sort().join('');

test('a click chooses one and chooses it no more; with Shift all up to it', () => {
  const one = toggle(NOTHING_CHOSEN, order, 'b');
  expect(chosen(one)).toBe('b');
  expect(chosen(toggle(one, order, 'b'))).toBe('');
  const range = toggle(one, order, 'd', true);
  expect(chosen(range)).toBe('bcd');
  expect(chosen(toggle(range, order, 'a', true))).toBe('abcd');
  expect(chosen(toggle({ ...one, anchor: 'gone' }, order, 'e', true))).toBe('be');
});

test('keys move the cursor within the list, and choose what they pass with Shift', () => {
  const first = move(NOTHING_CHOSEN, order, 1);
  expect([first.cursor, chosen(first)]).toEqual(['a', '']);
  expect(move(NOTHING_CHOSEN, order, -1).cursor).toBe('e');
  expect(move(first, order, -1).cursor).toBe('a');
  expect(move(first, order, 100).cursor).toBe('e');
  const extended = move(move(first, order, 1, true), order, 1, true);
  expect([extended.cursor, chosen(extended)]).toEqual(['c', 'abc']);
  expect(move(NOTHING_CHOSEN, [], 1)).toBe(NOTHING_CHOSEN);
});

test('all or none; and what is gone is not chosen', () => {
  const all = chooseAll(NOTHING_CHOSEN, order);
  expect(chosen(all)).toBe('abcde');
  expect(chosen(chooseAll(all, order))).toBe('');
  expect(chosen(keep(all, (key) => key !== 'c'))).toBe('abde');
  expect(keep(all, () => true)).toBe(all);
  expect(keep({ ...all, cursor: 'c' }, (key) => key !== 'c').cursor).toBeUndefined();
});
