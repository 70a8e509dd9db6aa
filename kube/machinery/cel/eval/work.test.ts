import { expect, test } from 'vitest';
import type { Environment } from '../check/names.ts';
import { DYN } from '../check/type.ts';
import { checkExpression, program } from '../compile.ts';
import { FUNCTIONS } from '../library/index.ts';
import { plainValue } from '../values/data.ts';
import { CelError } from '../values/value.ts';

const environment: Environment = {
  functions: FUNCTIONS,
  variables: new Map([['x', DYN]]),
  fieldsOf: () => undefined,
};
const LIMIT = 1_000_000;
const DATA = plainValue({
  lists: Array.from({ length: 500 }, () => Array.from({ length: 100 }, (_, i) => i)),
  map: Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`k${i}`, 'v'])),
  long: 'a'.repeat(1_000_000),
  version: `1.2.3-${'a.'.repeat(100_000)}a`,
});

function run(source: string) {
  const checked = checkExpression(source, environment);
  if ('issues' in checked) throw new Error(checked.issues);
  return program(checked, environment).evaluate(() => DATA, LIMIT);
}

const often = (expression: string) => `lists.range(3000).all(y, ${expression})`;

test.each([
  often('x.lists == x.lists'),
  often('x.lists in [x.lists]'),
  often('[x.lists] == [x.lists]'),
  often('{"a": x.map} == {"a": x.map}'),
  often('optional.of(x.map) == optional.of(x.map)'),
  often('sets.contains([x.lists], [x.lists])'),
  'lists.range(400).map(y, x.lists).distinct()',
  often('(x.lists + x.lists).size() > 0'),
  often('x.lists.flatten().size() > 0'),
  often('"%s".format([x.map]) != ""'),
  often('google.protobuf.Struct{fields: x.map}.size() > 0'),
  often('x.map.exists(k, true)'),
  often('x.long.size() > 0'),
  often('x.long.charAt(0) == "a"'),
  often('x.long != ""'),
  `[semver(x.version)].all(v, ${often('v.compareTo(v) == 0')})`,
  `[x.lists]${'.map(a, a + a)'.repeat(30)}[0].size()`,
])('an evaluation ends that reads more than its limit allows: %s', (source) => {
  const { value, cost } = run(source);
  expect(value).toEqual(new CelError('operation cancelled: actual cost limit exceeded'));
  expect(cost).toBeGreaterThanOrEqual(LIMIT);
});

test.each([
  ['x.lists == x.lists', 54 + (500 * 101 - 10_000) / 2],
  ['[1, 2] + [3] == [1, 2, 3] && [x.lists[0]] == [x.lists[0]]', 29],
])('what a usual object holds is compared at upstream’s cost: %s', (source, cost) => {
  expect(run(source)).toEqual({ value: true, cost });
});
