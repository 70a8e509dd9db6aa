import { expect, test } from 'vitest';
import type { Environment } from '../check/names.ts';
import { checkExpression, program } from '../compile.ts';
import { PlanError } from '../eval/plan.ts';
import { CelError, Optional, toJson, type Value } from '../values/value.ts';
import { FUNCTIONS } from './index.ts';
import { trimSpace } from './standard/strings.ts';

const environment: Environment = { functions: FUNCTIONS, variables: new Map(), fieldsOf: () => undefined };

/** The value, or the error of the step that fails. */
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
  return typeof value === 'bigint' ? Number(value) : toJson(value);
}

/** Results are those of Kubernetes 1.36.3, evaluated in its environment. */
const urlError = (url: string, reason: string) =>
  `error: URL parse error during conversion from string: parse ${JSON.stringify(url)}: ${reason}`;
const ipError = (ip: string, reason: string) =>
  `error: IP Address "${ip}" parse error during conversion from string: ParseAddr("${ip}"): ${reason}`;

test.each<[string, unknown]>([
  ['duration("1h2m3s4ms").getMilliseconds()', 3723004],
  ['string(duration("9223372036854775807ns"))', '9223372036.854776s'],
  ['string(duration("-1ns"))', '-0.000000001s'],
  ['string(duration("1h2m3.000000001s"))', '3723.000000001s'],
  ['duration(1)', 'issue: 1:10: invalid duration argument'],
  ['duration(dyn(1))', "plan: type conversion error from 'int' to 'google.protobuf.Duration'"],
  ['timestamp(253402300800)', 'issue: 1:11: invalid timestamp argument'],
  ['int(timestamp(-62135596800))', -62135596800],
  ['string(timestamp("2011-08-18T9:03:37,5Z"))', '2011-08-18T09:03:37.5Z'],
  ['string(123456789.123)', '1.23456789123e+08'],
  ['string(1000000.0)', '1e+06'],
  ['string(999999.5)', '999999.5'],
  ['string(0.00001)', '1e-05'],
  ['"%.10e|%.1e".format([1.23456789012345, 0.000123])', '1.234568×10⁰⁰|1.230000×10⁻⁰⁴'],
  ['"%e".format([-1.0/0.0])', '    -∞'],
  ['[7, 8][dyn(0.1)]', 'error: unsupported index value 0.1 in list'],
  ['dyn([1])[null]', 'plan: invalid qualifier type: types.Null'],
  ['{duration("1s"): 1}[duration("1s")]', 'plan: invalid qualifier type: types.Duration'],
  ['[b"a"].map(key, dyn([1])[key])', 'error: invalid qualifier type: types.Bytes'],
  ['-dyn(duration("3s")) == duration("-3s")', true],
  ['-dyn(duration("-9223372036854775808ns"))', 'error: integer overflow'],
  ['-dyn("a")', 'error: no such overload'],
  ['has(dyn([1]).a)', "error: unsupported index type 'string' in list"],
  ['[1].existsOne(x, x == 1)', "issue: 1:14: undeclared reference to 'existsOne' (in container '')"],
])('%s', (source, expected) => expect(result(source)).toEqual(expected));

test.each<[string, unknown]>([
  ['"ab".findAll("[a-z]*")', ['ab']],
  ['"baac".findAll("a*")', ['', 'aa', '']],
  ['"日本".findAll("")', ['', '', '']],
  ['"a".find("(")', 'plan: error parsing regexp: missing closing ): `(`'],
  ['"a".findAll("a**", 1)', 'plan: error parsing regexp: invalid nested repetition operator: `**`'],
  ['"a".find("a\\\\")', 'plan: error parsing regexp: trailing backslash at end of expression: ``'],
  ['format.byte().validate("")', ['invalid base64']],
  ['[1.self.true]', "issue: 1:9: Syntax error: mismatched input 'true' expecting IDENTIFIER"],
])('texts: %s', (source, expected) => expect(result(source)).toEqual(expected));

test.each<[string, unknown]>([
  ['quantity("3Ei").isInteger()', false],
  ['quantity("1.5Gi").isInteger()', false],
  ['quantity("2M").asInteger()', 2_000_000],
  ['quantity("7000m").add(5).asInteger()', 'error: cannot convert value to integer'],
  ['quantity("1").add(5).asInteger()', 6],
  ['quantity("1e0").sub(quantity("9223372036854775807")).asInteger()', 'error: cannot convert value to integer'],
  ['quantity("100n").asApproximateFloat()', 1.0000000000000001e-7],
  ['quantity("0.1n").add(quantity("3E7")).asApproximateFloat()', 30000000.000000004],
  ['isQuantity("Ei") || isQuantity("Pi")', false],
  ['isQuantity("Ti") && isQuantity("m")', true],
  ['semver("1..3")', 'error: strconv.ParseUint: parsing "": invalid syntax'],
])('numbers: %s', (source, expected) => expect(result(source)).toEqual(expected));

test.each<[string, unknown]>([
  ['url("mailto:a@b").getEscapedPath()', ''],
  ['url("https:a/%zz").getScheme()', 'https'],
  ['url("//h/p").getHost() + url("//h/p").getEscapedPath()', 'h/p'],
  ['url("https://h/a b\\"é").getEscapedPath()', '/a%20b%22%C3%A9'],
  ['url("http://[fe80::1%25en0]:1/").getHostname()', 'fe80::1%en0'],
  ['url("ftp://h:80:90/").getPort()', '90'],
  ['url("https://h:80:90/")', urlError('https://h:80:90/', 'invalid port ":80:90" after host')],
  ['url("http://u{@h/")', urlError('http://u{@h/', 'net/url: invalid userinfo')],
  ['url("http://h[/")', urlError('http://h[/', 'invalid IP-literal')],
  [
    'url("http://[:1]/")',
    urlError(
      'http://[:1]/',
      'invalid host: ParseAddr(":1"): each colon-separated field must have at least one digit (at ":1")',
    ),
  ],
  ['url("h_:x")', urlError('h_:x', 'invalid URI for request')],
  ['url("/?a=%ff&%zz=1&a;b=1&c+d=%C3%A9").getQuery()', { a: ['\ufffd'], 'c d': ['é'] }],
  ['url("/p?#=%2@")', urlError('/p?#=%2@', 'invalid URL escape "%2@"')],
  [
    'ip("2001:db8:::68")',
    ipError('2001:db8:::68', 'each colon-separated field must have at least one digit (at ":68")'),
  ],
  ['ip("fe80::1/x")', ipError('fe80::1/x', 'unexpected character, want colon (at "/x")')],
  ['ip("ff0a2::1")', ipError('ff0a2::1', 'each group must have 4 or less digits (at "ff0a2::1")')],
  ['ip("\\u00a0\\u0001")', ipError('\\u00a0\\x01', 'unable to parse IP')],
  ['ip("1:2:3:4:5:6:7::")', '1:2:3:4:5:6:7:0'],
  ['ip("fe80::1%eth0")', 'error: IP address "fe80::1%eth0" with zone value is not allowed'],
  [
    'cidr("10.0.0.0/8").containsCIDR("x")',
    `error: ${'network address parse error during conversion from string: '.repeat(2)}netip.ParsePrefix("x"): no '/'`,
  ],
])('addresses: %s', (source, expected) => expect(result(source)).toEqual(expected));

test('a text is trimmed in time linear in it', () => {
  const spaces = ' '.repeat(1_000_000);
  expect(trimSpace(`${spaces}a${spaces}\ufeff${spaces}`)).toBe(`a${spaces}\ufeff`);
});

test('a query that names one key often is read in time linear in it', () => {
  const queries = `["${'a=b&'.repeat(20_000)}"].map(q, url("/?" + [q, q, q, q, q, q, q, q, q, q].join()).getQuery()["a"])`;
  expect(result(`${queries}[0].size()`)).toBe(200_000);
});
