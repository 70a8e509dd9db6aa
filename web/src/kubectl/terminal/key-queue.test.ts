import { expect, test } from 'vitest';
import { KeyQueue, LineInput } from './key-queue.ts';

test('lines are shown as they are typed, and sent once they are whole', () => {
  let shown = '';
  const input = new LineInput((text) => {
    shown += text;
  });
  expect(input.take('helo\x7flo\rwor')).toEqual(['hello\n']);
  expect(input.take('ld\x04')).toEqual(['world']);
  expect(input.isOver).toBe(true);
  expect(shown).toBe('helo\b \blo\nworld');
});

test('keys wait until they are read, and end', async () => {
  const keys = new KeyQueue();
  keys.push('a');
  keys.push('b');
  keys.end();
  const read: string[] = [];
  for await (const bytes of keys.bytes()) read.push(new TextDecoder().decode(bytes));
  expect(read).toEqual(['a', 'b']);
});
