import { expect, test } from 'vitest';
import { keySigns } from './key-labels.tsx';

test.each([
  ['g p', [['G'], ['P']]],
  ['?', [['?']]],
  ['+', [['+']]],
  ['mod+k', [['Ctrl', 'K']]],
  ['Escape', [['Esc']]],
])('the keys of %s', (shortcut, signs) => {
  expect(keySigns(shortcut)).toEqual(signs);
});
