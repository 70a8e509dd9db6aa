import { expect, test } from 'vitest';
import { parseShell } from './parse.ts';

const words = (text: string): string[][] => {
  const parsed = parseShell(text);
  if (!('pipelines' in parsed)) throw new Error(JSON.stringify(parsed));
  return parsed.pipelines.flatMap(({ stages }) => stages.map((stage) => stage.words));
};

test.each([
  [`get 'a b'  "c \\"d\\"" e\\ f`, [['get', 'a b', 'c "d"', 'e f']]],
  ['a | b -x | c', [['a'], ['b', '-x'], ['c']]],
  [`-o jsonpath='{.items[*].a}'`, [['-o', 'jsonpath={.items[*].a}']]],
  ['a # a comment | b', [['a']]],
  ['a; b && c || d', [['a'], ['b'], ['c'], ['d']]],
  ['a \\\n  b', [['a', 'b']]],
  ["'' x", [['', 'x']]],
])('%s', (text, expected) => {
  expect(words(text)).toEqual(expected);
});

test.each([
  ["'open", 'line'],
  ['a |', 'line'],
  ['a &&', 'line'],
  ['a \\', 'line'],
  ['a <<EOF\nb', 'heredoc'],
])('%j goes on in the next line', (text, more) => {
  expect(parseShell(text)).toEqual({ more });
});

test('a here-document is the input, up to its word, and the line goes on behind it', () => {
  const parsed = parseShell('kubectl apply -f - <<EOF\nkind: Pod\n  a: "b"\nEOF');
  expect(parsed).toMatchObject({
    pipelines: [{ input: { text: 'kind: Pod\n  a: "b"\n' }, stages: [{ words: ['kubectl', 'apply', '-f', '-'] }] }],
  });
});

test('redirections name files', () => {
  expect(parseShell('a > b')).toMatchObject({ pipelines: [{ output: { file: 'b', appends: false } }] });
  expect(parseShell('a >> b < c')).toMatchObject({
    pipelines: [{ output: { file: 'b', appends: true }, input: { file: 'c' } }],
  });
});

test.each(['| a', 'a >', 'a ;; b', '&& a'])('%s is told as a mistake', (text) => {
  expect(parseShell(text)).toMatchObject({ error: expect.stringContaining('syntax error') });
});

test('what the terminal has not is named', () => {
  expect(parseShell('echo $((1 + 1))')).toMatchObject({ error: expect.stringContaining('$((…))') });
  expect(parseShell('sleep 5 &')).toMatchObject({ error: expect.stringContaining('background') });
});
