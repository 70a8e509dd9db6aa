import { expect, test } from 'vitest';
import { LineSplitter, parseLine } from './line.ts';

test('escapes of a terminal are left out, also those that do not end', () => {
  expect(parseLine('\x1b[31mred\x1b[0m \x1b]0;title\x07and \x1b]8;;http://a\x1b\\a\x1b]8;;\x1b\\').text).toBe(
    'red and a',
  );
  const begun = performance.now();
  parseLine('\x1b]'.repeat(32 * 1024));
  // It took seconds where each looked for its end through all of the line.
  expect(performance.now() - begun).toBeLessThan(1000);
});

test('a line that never ends takes no more room than the longest', () => {
  const splitter = new LineSplitter();
  for (let chunk = 0; chunk < 1000; chunk++) expect(splitter.add('x'.repeat(10_000))).toEqual([]);
  const [line = '', next] = splitter.add('\nnext\n');
  expect([line.length, line.at(-1), next]).toEqual([64 * 1024, '…', 'next']);
});
