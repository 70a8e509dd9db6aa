import { expect, test } from 'vitest';
import { pathTexts, readFieldSet, sortedSet, stepText } from './path.ts';

test.each([
  ['i:9223372036854775807', 'i:9223372036854775807'],
  ['i:-07', 'i:-7'],
  ['i:+5', 'i:5'],
])('the position %s is read as %s', (step, canonical) => {
  expect(readFieldSet({ [step]: {} })).toEqual({ [canonical]: {} });
});

test.each(['i:', 'i: 1', 'i:1e3', 'i:0x1', 'i:1.0', 'i:+', 'i:+-1', 'i:9223372036854775808'])(
  'a set with the position %s is none',
  (step) => {
    expect(readFieldSet({ [step]: {} })).toBeUndefined();
  },
);

test('positions of more than 53 bits are in the order of their digits', () => {
  const steps = ['i:9007199254740993', 'i:9007199254740992', 'i:-1', 'i:10', 'i:9'];
  const set = readFieldSet(Object.fromEntries(steps.map((step) => [step, {}]))) ?? {};
  expect(Object.keys(sortedSet(set))).toEqual(['i:-1', 'i:9', 'i:10', 'i:9007199254740992', 'i:9007199254740993']);
});

test('numbers of a stored set are told as floats, and those of a configuration by their digits', () => {
  const set = { 'k:{"id":1000000}': { 'f:v': {} }, 'k:{"id":80}': {}, 'v:12345678': {}, 'v:"a"': {} };
  expect(pathTexts(set)).toEqual(['[id=80]', '[=1.2345678e+07]', '[="a"]', '[id=1e+06].v']);
  expect(stepText('k:{"id":1000000}')).toBe('[id=1000000]');
});
