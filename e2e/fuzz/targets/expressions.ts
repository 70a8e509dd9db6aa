import fc from 'fast-check';
import type { Environment } from '../../../kube/machinery/cel/check/names.ts';
import { DYN } from '../../../kube/machinery/cel/check/type.ts';
import { checkExpression, program } from '../../../kube/machinery/cel/compile.ts';
import { estimateCost } from '../../../kube/machinery/cel/cost/estimate.ts';
import { PlanError } from '../../../kube/machinery/cel/eval/plan.ts';
import { FUNCTIONS } from '../../../kube/machinery/cel/library/index.ts';
import { plainValue } from '../../../kube/machinery/cel/values/data.ts';
import { CelError } from '../../../kube/machinery/cel/values/value.ts';
import { target, timed } from '../target.ts';

const environment: Environment = {
  functions: FUNCTIONS,
  variables: new Map([['x', DYN]]),
  fieldsOf: () => undefined,
};
const DATA = plainValue({
  l: Array.from({ length: 200 }, (_, i) => i),
  s: 'a'.repeat(2000),
  m: { a: 1, b: { c: [1, 'x', null] } },
  n: null,
  i: 7,
  d: 1.5,
  t: true,
  ss: ['a', 'b', '/a/b'],
});
/** The limit of a rule's cost at run time. */
const BUDGET = 1_000_000;

const NAMES = ['x', 'x.l', 'x.s', 'x.m', 'x.i', 'x.d', 'x.ss', 'x.n', 'y', 'v', 'x.zz', 'x.?m.?b'] as const;
const LITERALS = [
  '1',
  '-1',
  '1u',
  '1.5',
  '"a"',
  '"(a*)*b"',
  '"(a|aa)+$"',
  "r'\\d+'",
  'b"a"',
  'true',
  'null',
  '[]',
  '{}',
  '9223372036854775807',
  'google.protobuf.Int64Value{value: 1}',
  'google.protobuf.Struct{fields: x.m}',
  'google.protobuf.ListValue{values: x.l}',
  '"2026-01-01T00:00:00Z"',
  '"10.0.0.0/8"',
  '"1Gi"',
  '"https://a.b/c?d=e"',
  '"1.2.3"',
  '"%s %d"',
] as const;
const METHODS = [
  'size()',
  'matches(A)',
  'contains(A)',
  'startsWith(A)',
  'split(A)',
  'replace(A, B)',
  'substring(A, B)',
  'charAt(A)',
  'lowerAscii()',
  'reverse()',
  'join(A)',
  'format([A, B])',
  'find(A)',
  'findAll(A)',
  'sum()',
  'max()',
  'indexOf(A)',
  'isSorted()',
  'orValue(A)',
  'map(y, A)',
  'map(y, y + A)',
  'filter(y, A)',
  'all(y, A)',
  'exists(y, y == A)',
  'exists_one(y, A)',
  'all(k, v, A)',
  'transformList(k, v, A)',
  'transformMap(k, v, A)',
  'sortBy(y, A)',
  'getHost()',
  'containsIP(A)',
  'isLessThan(A)',
  'quote()',
  'distinct()',
  'union(A)',
] as const;
const CALLS = [
  'size(A)',
  'string(A)',
  'int(A)',
  'uint(A)',
  'double(A)',
  'bytes(A)',
  'type(A)',
  'timestamp(A)',
  'duration(A)',
  'url(A)',
  'ip(A)',
  'cidr(A)',
  'quantity(A)',
  'semver(A)',
  'has(A.b)',
  'dyn(A)',
  'optional.of(A)',
  'sets.contains(A, B)',
  'base64.encode(A)',
  'base64.decode(A)',
  'format.dns1123Label().validate(A)',
  'cel.bind(y, A, B)',
  'math.greatest(A, B)',
] as const;
const OPERATORS = ['+', '-', '*', '/', '%', '==', '!=', '<', '<=', '&&', '||', 'in'] as const;

export const { expression } = fc.letrec<{ expression: string }>((tie) => {
  const inner = tie('expression');
  const filled = (template: string, a: string, b: string): string =>
    template.replace(/\b[AB]\b/g, (which) => (which === 'A' ? a : b));
  return {
    expression: fc.oneof(
      { depthSize: 'small', maxDepth: 5 },
      fc.constantFrom(...NAMES, ...LITERALS),
      fc.tuple(inner, fc.constantFrom(...OPERATORS), inner).map(([a, operator, b]) => `(${a} ${operator} ${b})`),
      fc
        .tuple(inner, fc.constantFrom(...METHODS), inner, inner)
        .map(([on, method, a, b]) => `${on}.${filled(method, a, b)}`),
      fc.tuple(fc.constantFrom(...CALLS), inner, inner).map(([call, a, b]) => filled(call, a, b)),
      fc.tuple(inner, inner).map(([a, b]) => `${a}[${b}]`),
      fc.tuple(inner, inner, inner).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
      fc.tuple(inner, inner).map(([a, b]) => `[${a}, ${b}]`),
      fc.tuple(inner, inner).map(([a, b]) => `{${a}: ${b}}`),
      inner.map((a) => `!${a}`),
      inner.map((a) => `-${a}`),
    ),
  };
});
const TORN = [
  '(',
  ')',
  '[',
  '{',
  '.',
  '?',
  ':',
  '"',
  "'",
  '\\',
  '\\x',
  '\\u{',
  '//',
  ' ',
  '\n',
  '\u0000',
  '@',
  '"""',
  'r"',
] as const;

export const expressions = target({
  name: 'expressions',
  about: 'CEL of every operator, function and macro, well typed and not, within the budget of a rule',
  quickRuns: 400,
  input: fc.record({
    source: expression,
    tears: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      {
        weight: 1,
        arbitrary: fc.array(fc.tuple(fc.nat(200), fc.constantFrom(...TORN)), { maxLength: 3 }),
      },
    ),
  }),
  open(limits) {
    return {
      async attempt({ source, tears }) {
        let text = source;
        for (const [at, put] of tears as [number, string][]) {
          const place = at % (text.length + 1);
          text = text.slice(0, place) + put + text.slice(place);
        }
        // A rule is at most so long.
        if (text.length > 16 * 1024) return;
        const checked = await timed(limits, () => checkExpression(text, environment));
        if ('issues' in checked) return;
        await timed(limits, () => {
          estimateCost(checked.expr, () => undefined);
          run(checked);
        });
      },
    };
  },
});

function run(checked: Parameters<typeof program>[0]): void {
  try {
    const { value, cost } = program(checked, environment).evaluate(() => DATA, BUDGET);
    if (cost > BUDGET && !(value instanceof CelError)) throw new Error(`cost ${cost} is beyond the budget`);
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
  }
}
