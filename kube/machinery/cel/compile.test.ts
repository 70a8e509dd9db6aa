import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Environment } from './check/names.ts';
import { DYN, formatType } from './check/type.ts';
import { checkExpression, program } from './compile.ts';
import { estimateCost } from './cost/estimate.ts';
import { PlanError } from './eval/plan.ts';
import { FUNCTIONS } from './library/index.ts';
import { toText } from './library/standard/conversions.ts';
import { plainValue } from './values/data.ts';
import { CelError, toJson, type Value } from './values/value.ts';

const environment: Environment = {
  functions: FUNCTIONS,
  variables: new Map([['x', DYN]]),
  fieldsOf: () => undefined,
};
const DATA = plainValue({
  a: { b: 1 },
  l: [1, 2, 3],
  i: 1,
  m: { a: 1 },
  s: 'abc',
  t: true,
  n: null,
  ss: ['a', 'b'],
});

function run(source: string, limit = 1_000_000) {
  const checked = checkExpression(source, environment);
  if ('issues' in checked) return { issues: checked.issues };
  const { value, cost } = program(checked, environment).evaluate((name) => (name === 'x' ? DATA : undefined), limit);
  return { type: formatType(checked.type), value, cost };
}

function shown(value: Value | undefined): unknown {
  if (value instanceof CelError) return `error: ${value.message}`;
  if (typeof value === 'object' && value !== null) {
    const text = toText(value);
    return text instanceof CelError ? toJson(value) : text;
  }
  return typeof value === 'bigint' ? Number(value) : value;
}

/** Values and costs are those of cel-go 0.26 with Kubernetes' environment of 1.36. */
test.each<[string, unknown, number]>([
  ['x.l[x.i]', 2, 4],
  ['x.l[x.i + 0]', 2, 6],
  ['[1,2][0]', 1, 2],
  ['has(x.a.b) && !has(x.zz)', true, 4],
  ['x.i == 1 ? x.i : 2', 1, 4],
  ['x.l.all(y, y > 0)', true, 18],
  ['x.l.map(y, y + 1)', [2, 3, 4], 45],
  ['x.l.filter(y, y > 1)', [2, 3], 35],
  ['x.l.exists_one(y, y == 1)', true, 12],
  ['x.l.all(i, v, v > i)', true, 21],
  ['x.m.transformMap(k, v, v)', { a: 1 }, 7],
  ['{"a": 1}.transformMapEntry(k, v, {k: v})', { a: 1 }, 35],
  ['x.?zz.orValue(1)', 1, 1],
  ['x.?a.?b.orValue(3)', 1, 3],
  ['optional.of(1).optMap(y, y + 1).value()', 2, 8],
  ['[?x.?zz, x.i]', [1], 13],
  ['1 in [1,2,3]', true, 0],
  ['x.i in x.l', true, 5],
  ['x.l.sortBy(e, -e)', [3, 2, 1], 48],
  ['[3,1,2].sort()', [1, 2, 3], 29],
  ['x.l.flatten()', [1, 2, 3], 16],
  ['x.s.matches("^a.c$")', true, 4],
  ['x.s.find("[a-b]+")', 'ab', 4],
  ['x.s + "abc"', 'abcabc', 3],
  ['quantity("1Gi") == quantity("1024Mi")', true, 3],
  ['cidr("10.0.0.0/8").containsIP("10.1.2.3")', true, 3],
  ['ip("fe80::1").isLinkLocalUnicast()', true, 2],
  ['url("https://a.b:80/c?d=e").getHost()', 'a.b:80', 3],
  ['semver("v1.2", true).minor()', 2, 2],
  ['format.dns1123Label().validate("a").hasValue()', false, 10],
  ['sets.contains(x.l, [1])', true, 6],
  ['"%s %d %.2f %e %x %b".format(["a", 1, 1.234, 1234.5, 255, 5])', 'a 1 1.23 1.234500×10⁰³ ff 101', 2],
  ['string(timestamp("2020-01-01T00:00:00.5+01:00"))', '2020-01-01T00:00:00.5+01:00', 0],
  ['timestamp("2020-01-01T00:00:00Z").getHours("America/New_York")', 19, 1],
  ['timestamp("2020-01-01T00:00:00Z").getHours("-5:00")', 19, 1],
  ['duration("1h30m").getMinutes()', 90, 1],
  ['string(123456789.0)', '1.23456789e+08', 0],
  ['x.i < 1.5 && 1 < 2u', true, 4],
  ['"😀a".substring(1)', 'a', 1],
])('%s', (source, value, cost) => {
  const result = run(source);
  expect(result.issues).toBeUndefined();
  expect(shown(result.value)).toEqual(value);
  expect(result.cost).toBe(cost);
});

test.each<[string, string]>([
  ['x.zz', 'no such key: zz'],
  ['x.l[9]', 'index out of bounds: 9'],
  ['x.l[9223372036854775807]', 'index out of bounds: 9223372036854775807'],
  ['x.i + "a"', 'no such overload'],
  ['x.i.size()', 'no such overload: size'],
  ['x.i.upperAscii()', 'no such overload: upperAscii(int)'],
  ['1 / 0', 'division by zero'],
  ['9223372036854775807 + x.i', 'integer overflow'],
  ['uint(x.i - 5)', 'unsigned integer overflow'],
  ['timestamp("9999-12-31T23:59:59Z") + duration("1s")', 'timestamp overflow'],
  ['timestamp("2020-01-01T00:00:00Z").getHours("america/new_york")', 'unknown time zone america/new_york'],
  ['timestamp("2020-01-01T00:00:00Z").getHours("+0500")', 'unknown time zone +0500'],
  ['timestamp("2020-01-01T00:00:00Z").getHours("a:00")', 'strconv.Atoi: parsing "a": invalid syntax'],
  ['x.i.all(y, true)', "got 'types.Int', expected iterable type"],
  ['x.s.find(x.s + "[")', 'Illegal regex: error parsing regexp: missing closing ]: `[`'],
  ['optional.none().value()', 'optional.none() dereference'],
  [
    'ip("1.2.3")',
    'IP Address "1.2.3" parse error during conversion from string: ParseAddr("1.2.3"): IPv4 address too short',
  ],
])('%s fails: %s', (source, message) => {
  expect(shown(run(source).value)).toBe(`error: ${message}`);
});

test('errors are absorbed by what decides without them', () => {
  expect(run('x.zz || true').value).toBe(true);
  expect(run('x.zz && false').value).toBe(false);
  expect(run('x.l.exists(y, y == 1 || y.foo == 1)').value).toBe(true);
});

test.each<[string, string]>([
  ['x.foo()', "ERROR: <input>:1:6: undeclared reference to 'foo' (in container '')\n | x.foo()\n | .....^"],
  ['1 == 1u', "ERROR: <input>:1:3: found no matching overload for '_==_' applied to '(int, uint)'\n | 1 == 1u\n | ..^"],
  ['[1, "a"]', "ERROR: <input>:1:5: expected type 'int' but found 'string'\n | [1, \"a\"]\n | ....^"],
  ['"x".matches("(")', 'ERROR: <input>:1:13: invalid matches argument\n | "x".matches("(")\n | ............^'],
  [
    '1 +',
    "ERROR: <input>:1:4: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}\n | 1 +\n | ...^",
  ],
  ['a b', "ERROR: <input>:1:3: Syntax error: extraneous input 'b' expecting <EOF>\n | a b\n | ..^"],
  ['has(x)', 'ERROR: <input>:1:5: invalid argument to has() macro\n | has(x)\n | ....^'],
  ['if', 'ERROR: <input>:1:1: reserved identifier: if\n | if\n | ^'],
])('%s does not compile', (source, issues) => {
  expect(run(source).issues).toBe(issues);
});

describe('bad input', () => {
  const TOKENS =
    'x self 1 1u 1.5 "a" b"c" true null [ ] { } ( ) . , : ? + - * / % ! == < && || in .map( .all(y, y) .?a [?0] has( matches( dyn( {} [] . r" \\ @ 😀 type( duration("1s") optional.none() .format('.split(
      ' ',
    );

  test('anything is an expression, or has errors that say where', () => {
    const sources = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.array(fc.constantFrom(...TOKENS), { maxLength: 15 }).map((parts) => parts.join(' ')),
    );
    fc.assert(
      fc.property(sources, (source) => {
        const checked = checkExpression(source, environment);
        if ('issues' in checked) return checked.issues.startsWith('ERROR: <input>:');
        estimateCost(checked.expr, () => undefined);
        try {
          program(checked, environment).evaluate(() => DATA, 10_000);
        } catch (error) {
          return error instanceof PlanError;
        }
        return true;
      }),
      { numRuns: 60 },
    );
  }, 20_000);

  test.each([
    '('.repeat(100_000),
    '['.repeat(50_000),
    `${'!'.repeat(90_000)}true`,
    '1+'.repeat(40_000),
    'x'.repeat(99_999),
    `x${'.a'.repeat(40_000)}`,
    'a'.repeat(100_001),
  ])('a text that nests deep or is long', (source) => {
    const checked = checkExpression(source, environment);
    expect('issues' in checked || checked.type).toBeTruthy();
  });

  test.each([
    'lists.range(1000).map(a, lists.range(1000).map(b, lists.range(1000).map(c, a + b + c))).size() == 0',
    'lists.range(1000000000).size() > 0',
    'lists.range(2000).distinct().size() > 0',
    'lists.range(5000).map(i, "aaaaaaaaaaaaaaaa").join("").replace("", "bbbbbbbbbbbbbbbb").replace("", "c").size() > 0',
    'lists.range(5000).map(i, "aaaaaaaaaaaaaaaa").join("").matches("(a*)*(a*)*(a*)*b" + lists.range(900).map(i, "a*").join(""))',
    'lists.range(1000000).all(i, 1 / 0 == 1 || true)',
  ])('%s stops at its limit', (source) => {
    expect(shown(run(source).value)).toMatch(/^error: (operation cancelled|the (result|list) is too long)/);
  });

  test.each(['((a{100}){100}){100}', '(?:a{0,1000}){0,1000}', '(a|aa)+$', '[', 'a{1001}', '(?<n>a)\\1'])(
    'the pattern %s ends',
    (pattern) => {
      const result = run(
        `"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab".matches(x.s.replace("abc", ${JSON.stringify(pattern)}))`,
      );
      expect(result.value).toBeDefined();
    },
  );
});

test('a search that would try many steps at each character costs what it may take, and goes beyond the budget', () => {
  const search = (call: string, text: string) => {
    const checked = checkExpression(call, environment);
    if ('issues' in checked) throw new Error(call);
    return shown(program(checked, environment).evaluate(() => plainValue(text), 1_000_000).value);
  };
  const over = 'error: operation cancelled: actual cost limit exceeded';
  for (const call of ['x.matches("[ab]*a[ab]{900}[cd]")', 'x.find("[ab]*a[ab]{900}[cd]") == ""']) {
    expect(search(call, 'abaab'.repeat(20_000))).toBe(over);
    expect(search(call, 'abaab'.repeat(100))).toBe(call.includes('find'));
  }
  expect(search('lists.range(2000).all(i, !"b".matches(x + string(i) + "[ab]{900}"))', '')).toBe(over);
  expect(search('x.findAll("a*b|a").size() == 0', 'a'.repeat(50_000))).toBe(over);
  expect(search('x.findAll("a").size()', 'a'.repeat(4000))).toBe(4000);
});

test.each<[string, unknown]>([
  // A variable, a condition and a field lose what is between, as upstream.
  ['optional.of(optional.of(1)).value().value()', 1],
  ['dyn(true ? optional.of(optional.of(1)) : optional.none()).value()', 1],
  ['optional.of(1).optMap(y, optional.of(y)).value().value()', 'error: no such overload'],
  ['[optional.of(optional.none())].all(y, dyn(y.value()) == null)', true],
  ['dyn(optional.of(optional.of({"a": 1}))).a.value()', 1],
  ['[optional.of(optional.of(1))][0].value().value()', 1],
  ['optional.of({"a": optional.of(1)}).?a.value().value()', 1],
  ['optional.ofNonZeroValue(optional.none()).hasValue()', true],
])('optionals within optionals: %s', (source, value) => {
  const { value: found } = run(source);
  const seen = shown(found);
  expect(typeof value === 'string' ? String(seen).startsWith(value) : seen).toEqual(typeof value === 'string' || value);
});
