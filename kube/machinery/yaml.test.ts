import { expect, test } from 'vitest';
import { isOddYaml, yamlToJson } from './yaml.ts';

test.each([
  ['{on: 1, y: 2, No: 3}', { true: 2, false: 3 }],
  ['[yes, off, TRUE, "on", onn]', [true, false, true, 'on', 'onn']],
  ['{010: x, 1.50: q, 2020-01-01: t, 0x10: h}', { 8: 'x', 1.5: 'q', '2020-01-01': 't', 16: 'h' }],
  ['[010, -017, 08, 1:30, 2020-01-01]', [8, -15, 8, '1:30', '2020-01-01']],
  [
    '[1_000, 0b11, -0B1, 0o17, +0x1_0, 1__0, 0_7, 0, 1_0.5, 1_0e1, 1.5_0, _1]',
    [1000, 3, -1, 15, 16, 10, 7, 0, 10.5, 100, 1.5, '_1'],
  ],
  ['{1_000: a, 0b11: b, .inf: c, -.Inf: d, .NaN: e}', { 1000: 'a', 3: 'b', '.inf': 'c', '-.inf': 'd', '.nan': 'e' }],
  ['a: !!binary aMO8', { a: 'hü' }],
  ['a: 1\n---\nb: 2', { a: 1 }],
  ['{? &k a : 1, b: *k}', { a: 1, b: 'a' }],
  ['{a: &a {x: 1}, b: {<<: *a, y1: 2}}', { a: { x: 1 }, b: { x: 1, y1: 2 } }],
])('%s is read as YAML 1.1', (text, value) => {
  expect(JSON.parse(yamlToJson(text).text)).toEqual(value);
});

test.each([
  ['{[a]: 1}', 'invalid map key: ["a"]'],
  ['{? {a: b} : 1}', 'invalid map key: {"a":"b"}'],
])('%s cannot become JSON', (text, why) => {
  expect(() => yamlToJson(text)).toThrow(`error converting YAML to JSON: yaml: ${why}`);
});

test('keys within keys are shown as they were written, and in a time that grows with their length', () => {
  expect(() => yamlToJson('? '.repeat(600))).toThrow(/invalid map key: (\? )+\?$/);
});

test.each([`0${'_'.repeat(2_000_000)}x`, `1${'_1'.repeat(1_000_000)}x`, `0b${'1'.repeat(2_000_000)}x`])(
  'a long text that begins as a number is read in a time that grows with its length',
  (text) => {
    expect(JSON.parse(yamlToJson(`a: ${text}`).text)).toEqual({ a: text });
  },
);

test.each(['&a ', '!a ', ']', '*a ', ',', '\t- x\n', '- &a &a\n', '%x\n'])(
  'a text of nothing but errors (%j) costs one of them',
  (part) => {
    const text = part.repeat(50_000);
    expect(() => yamlToJson(text)).toThrow(/^error converting YAML to JSON: yaml: .+ at line \d+, column \d+:$/);
  },
);

test('integers of 64 bits keep their digits, as values and as keys, and those beyond are floats', () => {
  const yaml =
    '[9223372036854775807, -9223372036854775808, 0x7fff_ffff_ffff_ffff, 18446744073709551615, {2: a, 9007199254740993: b}]';
  expect(yamlToJson(yaml)).toEqual({
    text: '[9223372036854775807,-9223372036854775808,9223372036854775807,18446744073709551615,{"2":"a","9007199254740993":"b"}]',
    problems: [],
  });
  expect(yamlToJson(`[12345678901234567890123, ${'9'.repeat(40)}]`).text).toBe('[1.2345678901234568e+22,1e+40]');
  expect(yamlToJson('{9007199254740993: a, 9007199254740992: b}').problems).toEqual([]);
});

test('an escape of half a character is refused within double quotes, as go-yaml refuses it', () => {
  const refused = 'error converting YAML to JSON: yaml: found invalid Unicode character escape code';
  expect(() => yamlToJson('{"a": "\\ud83d\\ude00"}')).toThrow(refused);
  expect(() => yamlToJson('a: b\nc: "x\\uD800"')).toThrow(refused.replace('found', 'line 2: found'));
  const literal = { a: '\\ud800', b: '\\ud800', c: '\\ud800' };
  expect(JSON.parse(yamlToJson(`a: '\\ud800'\nb: \\ud800\nc: "\\\\ud800"`).text)).toEqual(literal);
});

test('a key that is null has no form in JSON', () => {
  const why = 'unsupported map key of type: %!s(<nil>), key: <nil>, value: "1"';
  expect(() => yamlToJson('{~: "1"}')).toThrow(`error converting YAML to JSON: ${why}`);
});

test.each(['.inf', '-.inf', '.nan'])('%s is a number of YAML that JSON has no form for', (value) => {
  const text = value === '.nan' ? 'NaN' : value.replace('.inf', 'Inf').replace(/^I/, '+I');
  expect(() => yamlToJson(`a: [${value}]`)).toThrow(`error converting YAML to JSON: json: unsupported value: ${text}`);
});

test.each(['\u0001', '\u007f', '\u0080', '\u0084', '\u009f', '\ufffe', '\uffff'])(
  'a text with the character %j is refused, also where it is JSON, and not the escape of it',
  (letter) => {
    const code = letter.charCodeAt(0).toString(16).padStart(4, '0');
    for (const text of [`a: "${letter}"`, `{"a":"${letter}"}`]) {
      const refused = 'error converting YAML to JSON: yaml: control characters are not allowed';
      expect(isOddYaml(text)).toBe(true);
      expect(() => yamlToJson(text)).toThrow(refused);
    }
    expect(isOddYaml(`{"a":"\\u${code}"}`)).toBe(false);
  },
);
