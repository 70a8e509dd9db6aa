import { expect, test } from 'vitest';
import { keysOf, LineEditor, widthOf } from './line-editor.ts';

function typed(data: string, history: readonly string[] = []) {
  const editor = new LineEditor(() => history);
  const actions = [...keysOf(data)].map((key) => editor.press(key));
  return { ...editor.line, last: actions.at(-1) };
}

test.each([
  ['get pods', 'get pods', 8],
  ['get pods\x01k ', 'k get pods', 2],
  ['get pods\x17ns', 'get ns', 6],
  ['get pods\x15', '', 0],
  ['get pods\x1b[D\x1b[D\x0b', 'get po', 6],
  ['get pods\x7f\x7f', 'get po', 6],
  ['ab\x1b[D\x04', 'a', 1],
  ['a b\x1bb\x1bbx', 'xa b', 1],
  ['one\x15two\x19', 'twoone', 6],
  ['😀\x7fa', 'a', 1],
])('%j', (data, text, cursor) => {
  expect(typed(data)).toMatchObject({ text, cursor });
});

test('the history is gone through, and what was being typed comes back', () => {
  const history = ['first', 'second'];
  expect(typed('x\x1b[A', history).text).toBe('second');
  expect(typed('x\x1b[A\x1b[A\x1b[A', history).text).toBe('first');
  expect(typed('x\x1b[A\x1b[B', history).text).toBe('x');
});

test('a paste is taken apart at its line breaks', () => {
  expect([...keysOf('a b\r\nc\rd\x1b[A\x1b[1;5D')]).toEqual(['a b', '\r', 'c', '\r', 'd', '\x1b[A', '\x1b[1;5D']);
});

test('what the terminal answers to a program’s question is not typed', () => {
  for (const answer of [
    '\x1b[?1;2c',
    '\x1b[24;80R',
    '\x1bP1$r0m\x1b\\',
    '\x1b]10;rgb:ffff/0/0\x1b\\',
    '\x1b[>0;276;0c',
  ]) {
    expect(typed(`a${answer}b`).text, JSON.stringify(answer)).toBe('ab');
  }
});

test('Chinese characters are two columns wide', () => {
  expect(widthOf('a终端b')).toBe(6);
});
