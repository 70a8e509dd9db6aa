import { expect, test } from 'vitest';
import { bool, duration, int, slice, string } from './define.ts';
import { parseFlags } from './parse.ts';
import { Values } from './values.ts';

const FLAGS = new Map(
  [
    string('output', '', { short: 'o' }),
    bool('watch', '', { short: 'w' }),
    bool('all', '', { short: 'A' }),
    int('tail', ''),
    slice('label-columns', '', { short: 'L' }),
    duration('timeout', ''),
    string('dry-run', '', { byDefault: 'none', bare: 'unchanged' }),
  ].map((flag) => [flag.name, flag]),
);

test.each([
  ['-o=yaml a', { output: 'yaml' }],
  ['-oyaml a', { output: 'yaml' }],
  ['a -o yaml', { output: 'yaml' }],
  ['-wA -L a,b a -L c', { watch: 'true', all: 'true', 'label-columns': 'c' }],
  ['--watch=false a', { watch: 'false' }],
  ['--dry-run a', { 'dry-run': 'unchanged' }],
])('%s', (line, expected) => {
  const parsed = parseFlags(line.split(' '), FLAGS);
  if (typeof parsed === 'string') throw new Error(parsed);
  const values = new Values(FLAGS, parsed.given);
  expect(parsed.args).toEqual(['a']);
  for (const [name, value] of Object.entries(expected)) expect(values.string(name)).toBe(value);
});

test('what stands behind -- is no flag', () => {
  expect(parseFlags(['a', '--', '-o', 'b'], FLAGS)).toMatchObject({ args: ['a', '-o', 'b'], dash: 1 });
});

test.each([
  ['--nope', 'unknown flag: --nope'],
  ['-wZ', "unknown shorthand flag: 'Z' in -Z"],
  ['-o', "flag needs an argument: 'o' in -o"],
  ['--output', 'flag needs an argument: --output'],
  ['--tail=x', 'invalid argument "x" for "--tail" flag: strconv.ParseInt: parsing "x": invalid syntax'],
  [
    '--watch=maybe',
    'invalid argument "maybe" for "-w, --watch" flag: strconv.ParseBool: parsing "maybe": invalid syntax',
  ],
  ['--timeout=5', 'invalid argument "5" for "--timeout" flag: time: missing unit in duration "5"'],
])('%s is refused as pflag does', (word, why) => {
  expect(parseFlags([word], FLAGS)).toBe(why);
});
