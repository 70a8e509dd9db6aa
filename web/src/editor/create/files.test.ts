import { expect, test } from 'vitest';
import { MOST_BYTES, readFiles } from './files.ts';
import { readText } from './read.ts';

const file = (name: string, text: string, size = text.length) => ({ name, size, text: async () => text });

test('several files become documents, in the order of their names, after what is there', async () => {
  const files = [file('b.yaml', '---\na: 2\n'), file('a.json', '{"a": 1}')];
  expect(await readFiles(files, 'a: 0\n')).toEqual({ text: 'a: 0\n---\n{"a": 1}\n---\n# b.yaml\na: 2\n' });
  const read = (await readFiles(files, '')) as { text: string };
  expect(readText(read.text).objects.map(({ object }) => object)).toEqual([{ a: 1 }, { a: 2 }]);
});

test('what is too large, or no text', async () => {
  expect(await readFiles([file('a', '', MOST_BYTES)], 'x')).toEqual({ problem: 'too-large' });
  expect(await readFiles([file('a.png', 'P\0NG')], '')).toEqual({ problem: 'no-text', name: 'a.png' });
});
