import { expect, test } from 'vitest';
import { leadsTo, strokeText } from './keys.ts';

test('a stroke is named by its sign, with Ctrl or Cmd before it', () => {
  expect(strokeText({ key: '?', mod: false, alt: false })).toBe('?');
  expect(strokeText({ key: 'K', mod: true, alt: false })).toBe('mod+k');
  expect(strokeText({ key: ' ', mod: false, alt: true })).toBe('alt+Space');
  expect(strokeText({ key: 'G', mod: false, alt: false })).toBe('G');
});

test('strokes lead to a shortcut, some way towards one, or nowhere', () => {
  const shortcuts = ['g o', 'g p', '?', 'mod+k'];
  expect(leadsTo(['g'], shortcuts)).toBe('more');
  expect(leadsTo(['g', 'o'], shortcuts)).toBe('g o');
  expect(leadsTo(['?'], shortcuts)).toBe('?');
  expect(leadsTo(['g', '?'], shortcuts)).toBeUndefined();
  expect(leadsTo(['o'], shortcuts)).toBeUndefined();
});
