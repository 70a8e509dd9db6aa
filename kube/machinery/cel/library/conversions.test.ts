import { expect, test, vi } from 'vitest';
import type { Environment } from '../check/names.ts';
import { checkExpression, program } from '../compile.ts';
import { PlanError } from '../eval/plan.ts';
import { CelError, Duration, Optional, Timestamp, toJson, UInt, type Value } from '../values/value.ts';
import { FUNCTIONS } from './index.ts';

const environment: Environment = { functions: FUNCTIONS, variables: new Map(), fieldsOf: () => undefined };

function result(source: string): unknown {
  const checked = checkExpression(source, environment);
  if ('issues' in checked) return `issue: ${checked.issues.split('\n')[0]?.replace('ERROR: <input>:', '')}`;
  try {
    return shown(program(checked, environment).evaluate(() => undefined, 1_000_000).value);
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    return `plan: ${error.message}`;
  }
}

function shown(value: Value): unknown {
  if (value instanceof CelError) return `error: ${value.message}`;
  if (value instanceof Optional) return value.value === undefined ? 'none' : shown(value.value);
  if (value instanceof Timestamp || value instanceof Duration) return value.nanos;
  if (value instanceof UInt) return value.value;
  return typeof value === 'number' || typeof value === 'bigint' ? value : toJson(value);
}

const none = (from: string, to: string) => `plan: type conversion error from '${from}' to '${to}'`;

/** Results are those of Kubernetes 1.36.3, evaluated in its environment. */
test.each<[string, unknown]>([
  ["bool('T')", true],
  ...['constructor', 'toString', '__proto__', 'tRue'].map((text): [string, string] => [
    `bool('${text}')`,
    none('string', 'bool'),
  ]),
  ...['constructor', '__proto__'].flatMap((text): [string, string][] => [
    [
      `'%f'.format(['${text}'])`,
      'error: error during formatting: fixed-point clause can only be used on doubles, was given string',
    ],
    [
      `google.protobuf.Any{type_url: 'google.protobuf.${text}', value: b''}`,
      `error: unsupported conversion to ref.Val: (*dynamicpb.Message)type_url:"google.protobuf.${text}"`,
    ],
  ]),
  ["int('0000000000000000000000000000007')", 7n],
  ["int('-00000000000000000000000000000')", 0n],
  ["int('9223372036854775808')", none('string', 'int')],
  ["uint('0000000000000000000000000000007')", 7n],
  ["uint('+7')", none('string', 'uint')],
  ["double('1_000')", 1000],
  ["double('1_0.5e1_0')", 10.5e10],
  ["double('1__0')", none('string', 'double')],
  ["double('1_.5')", none('string', 'double')],
  ["double('0x1p-2')", 0.25],
  ["double('-0X_1_0.8P1')", -33],
  ["double('0x.8p1')", 1],
  ["double('0x1')", none('string', 'double')],
  ["double('0x1.fffffffffffff8p0')", 2],
  ["double('0x1.fffffffffffff7p0')", 1.9999999999999998],
  ["double('0x10000000000000081p0')", 18446744073709552000],
  ["double('0x1p-1074')", 5e-324],
  ["double('0x1.8p-1074')", 1e-323],
  ["double('0x1p-1100')", 0],
  ["double('0x1p1024')", none('string', 'double')],
  ["duration('3.3333333333333333333333h')", 12_000_000_000_000n],
  ["duration('0.16666666666666666m')", 10_000_000_000n],
  ["duration('00000000000000000000000001s')", 1_000_000_000n],
  ["duration('1h00000000000000000000000000000000m')", 3_600_000_000_000n],
  ["duration('99999999999999999999s')", 'issue: 1:10: invalid duration argument'],
  ["string(timestamp('2020-01-01T00:00:00+24:60'))", '2020-01-01T00:00:00+25:00'],
  ["timestamp('2020-01-01T00:00:00+24:61')", 'issue: 1:11: invalid timestamp argument'],
  ["timestamp('0001-01-01T00:00:00+00:01')", 'issue: 1:11: invalid timestamp argument'],
  ["timestamp(dyn('0001-01-01T00:00:00+00:01'))", 'plan: timestamp overflow'],
  ["timestamp(dyn('9999-12-31T23:59:59-00:01'))", 'plan: timestamp overflow'],
  ["timestamp('0000-01-01T00:00:00Z')", 'issue: 1:11: invalid timestamp argument'],
  ["format.datetime().validate('2020-01-01t00:00:00x5+25:00')", 'none'],
  ["format.datetime().validate('2020-01-01 00:00:00Z')", ['invalid datetime']],
  ["format.datetime().validate('2020-01-01T7:00:00Z')", ['invalid datetime']],
  ["format.datetime().validate('2020-01-01T00:00:00')", ['invalid datetime']],
  ["format.date().validate('0000-02-29')", 'none'],
  ["isSemver('18446744073709551615.1.1')", true],
  ["semver('18446744073709551615.1.1').major()", -1n],
  ["isSemver('18446744073709551616.1.1')", false],
  ["isSemver('1.2.3-18446744073709551616')", false],
  ["semver('1.2.3-18446744073709551615').compareTo(semver('1.2.3-9'))", 1n],
  ["'a😀b'.charAt(2) + 'a😀b😀c'.substring(1, 4)", 'b😀b😀'],
])('%s', (source, expected) => expect(result(source)).toEqual(expected));

test('the clock of a zone is made once', () => {
  const make = vi.spyOn(Intl, 'DateTimeFormat');
  const hour = (zone: string) => `timestamp("2020-07-01T03:04:05Z").getHours("${zone}")`;
  expect(result(`[1, 2, 3].map(x, ${hour('America/Nome')} + ${hour('Asia/Kathmandu')})`)).toEqual([27, 27, 27]);
  expect(make).toHaveBeenCalledTimes(2);
  make.mockRestore();
});
