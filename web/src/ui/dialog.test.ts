import { expect, test } from 'vitest';
import { asked, confirm } from './dialog.tsx';

test('an answer ends the question; another question ends the first as not meant', async () => {
  const first = confirm({ title: 'Delete pod/a?', action: 'Delete' });
  const second = confirm({ title: 'Delete pod/b?', action: 'Delete' });
  expect(await first).toBe(false);
  expect(asked.value?.title).toBe('Delete pod/b?');
  asked.value?.answer(true);
  expect(await second).toBe(true);
  expect(asked.value).toBeUndefined();
});
