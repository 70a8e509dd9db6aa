/** Light or dark: as the system has it, unless one was chosen. */
import { effect } from '@preact/signals';
import { kept } from '../api/kept.ts';

export type Theme = 'system' | 'light' | 'dark';

export const theme = kept<Theme>(
  'theme',
  (text) => (text === 'light' || text === 'dark' ? text : 'system'),
  (value) => (value === 'system' ? undefined : value),
);

effect(() => {
  const root = globalThis.document?.documentElement;
  if (!root) return;
  if (theme.value === 'system') delete root.dataset.theme;
  else root.dataset.theme = theme.value;
});
