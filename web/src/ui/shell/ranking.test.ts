import { expect, test } from 'vitest';
import type { Command } from '../commands.ts';
import { rank } from './ranking.ts';

const run = () => {};
const commands: Command[] = [
  { title: 'Overview', group: 'Go to', run },
  { title: 'web-frontend-7d9', group: 'Pod', detail: 'shop', run },
  { title: 'web-frontend', group: 'Deployment', detail: 'shop', run },
  { title: 'Dark', group: 'Appearance', words: 'theme night', run },
];
const titles = (query: string) => rank(commands, query, 10).map(({ command }) => command.title);

test('nothing typed leaves them in their order', () => {
  expect(titles(' ')).toEqual(commands.map(({ title }) => title));
  expect(rank(commands, '', 2)).toHaveLength(2);
});

test('letters that are left out, and words in another order, are found; the whole name is first', () => {
  expect(titles('wfront')[0]).toMatch(/^web-frontend/);
  expect(titles('web-frontend')).toEqual(['web-frontend', 'web-frontend-7d9']);
  expect(titles('shop web')).toHaveLength(2);
  expect(titles('deployment web')[0]).toBe('web-frontend');
});

test('other words for it find it, too, and what is not meant is not shown', () => {
  expect(titles('night')).toEqual(['Dark']);
  expect(titles('zzz')).toEqual([]);
});

test('the letters that were typed are told apart in the title, which is otherwise as it was', () => {
  const [found] = rank(commands, 'over', 1);
  expect(found?.title).toEqual(['', 'Over', 'view']);
  expect(rank(commands, 'shop', 1)[0]?.title.join('')).toMatch(/^web-frontend/);
});
