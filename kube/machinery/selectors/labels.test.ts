import { expect, test } from 'vitest';
import { formatSelector, parseLabelSelector, SelectorError, selectorFromObject } from './labels.ts';

const labels = { app: 'web', tier: 'front', weight: '5' };

test.each([
  ['', true],
  ['app=web', true],
  ['app==web,tier!=back', true],
  ['app in (web, db)', true],
  ['app notin (web)', false],
  ['missing notin (web)', true],
  ['tier', true],
  ['!tier', false],
  ['! missing', true],
  ['weight>4', true],
  ['weight<4', false],
  ['app=', false],
  ['app!=', true],
])('%j on the labels is %s', (text, matches) => {
  expect(parseLabelSelector(text).matches(labels)).toBe(matches);
});

test.each(['=a', 'a b', 'a in b', 'a in (b', 'a,', 'a=b c', 'a*=b', 'a=b*', 'w>x'])('%j is refused', (text) => {
  expect(() => parseLabelSelector(text)).toThrow(SelectorError);
});

test.each([
  ['a in (b', "found '', expected: ',' or ')'"],
  ['a in (b,', "found '', expected: ',', or identifier"],
  ['a>', `values[0]: Invalid value: "": for 'Gt', 'Lt' operators, the value must be an integer`],
  ['a<,b', `values[0]: Invalid value: "": for 'Gt', 'Lt' operators, the value must be an integer`],
  ['a in (', "found '', expected: ',', ')' or identifier"],
  ['a in (b,>', "found '>', expected: ',', or identifier"],
  ['a in (b,-c,-d)', '[values[0][a]: Invalid value: "-c": a valid label must be'],
  [
    'a>-',
    `[values[0]: Invalid value: "-": for 'Gt', 'Lt' operators, the value must be an integer, values[0][a]: Invalid`,
  ],
  ['a>9223372036854775808', `values[0]: Invalid value: "9223372036854775808": for 'Gt', 'Lt' operators`],
])('%j is refused in the words of upstream', (text, words) => {
  expect(() => parseLabelSelector(text)).toThrow(words);
});

test('numbers are compared as int64, exactly, and a value that is none is neither larger nor smaller', () => {
  const match = (text: string, n: string) => parseLabelSelector(text).matches({ n });
  expect(match('n>9007199254740992', '9007199254740993')).toBe(true);
  expect(match('n>1', '9223372036854775807')).toBe(true);
  expect(match('n>1', '9223372036854775808')).toBe(false);
  expect(match('n<1', '-9223372036854775808')).toBe(true);
});

test('an absent LabelSelector selects nothing, an empty one everything', () => {
  expect(selectorFromObject(undefined).matches(labels)).toBe(false);
  expect(selectorFromObject({}).matches(labels)).toBe(true);
});

test('a selector is printed with its keys in order', () => {
  const selector = selectorFromObject({
    matchLabels: { tier: 'front' },
    matchExpressions: [{ key: 'app', operator: 'In', values: ['web', 'db'] }],
  });
  expect(formatSelector(selector)).toBe('app in (db,web),tier=front');
});

test('an operator is one of four', () => {
  for (const operator of ['constructor', 'toString', 'in']) {
    expect(() => selectorFromObject({ matchExpressions: [{ key: 'a', operator }] })).toThrow(SelectorError);
  }
});
