import { describe, expect, test } from 'vitest';
import { errorText } from '../../field-error.ts';
import type { Rule, SchemaProps } from '../schema/schema.ts';
import { checkRules } from './check-rules.ts';
import { type Correlated, rulesValidator } from './validator.ts';

const STRING: SchemaProps = { type: 'string' };
const object = (properties: Record<string, SchemaProps>, ...rules: Rule[]): SchemaProps => ({
  type: 'object',
  properties,
  'x-kubernetes-validations': rules,
});
const BASE: Record<string, SchemaProps> = {
  i: { type: 'integer' },
  s: { type: 'string', maxLength: 20 },
  at: { type: 'string', format: 'date-time' },
  port: { 'x-kubernetes-int-or-string': true },
  set: { type: 'array', items: STRING, 'x-kubernetes-list-type': 'set' },
  keyed: {
    type: 'array',
    items: { type: 'object', properties: { k: STRING, v: { type: 'integer' } } },
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['k'],
  },
  m: { type: 'object', additionalProperties: STRING, maxProperties: 4 },
  o: { type: 'object', properties: { 'b-c': STRING, namespace: STRING, none: { type: 'string', nullable: true } } },
};
const OBJECT = {
  i: 5,
  s: 'abc',
  at: '2020-01-01T00:00:00Z',
  port: '50%',
  set: ['a', 'b'],
  keyed: [
    { k: 'p', v: 1 },
    { k: 'q', v: 2 },
  ],
  m: { a: '1' },
  o: { 'b-c': 'z', namespace: 'ns', none: null },
};
const OLD = { ...OBJECT, i: 4, set: ['b', 'a'], keyed: [OBJECT.keyed[1], OBJECT.keyed[0]] };

function errors(rule: string | Rule, old?: unknown, data: unknown = OBJECT): string[] {
  const schema = object(BASE, typeof rule === 'string' ? { rule } : rule);
  return rulesValidator(schema, false)?.(data, old).errors.map(errorText) ?? [];
}

/** Texts are upstream's for the same schema and object. */
describe('an object', () => {
  test.each([
    'self.i == 5',
    'type(self.port) == string && self.port.matches("%")',
    'self.at.getFullYear() == 2020',
    'self.o.b__dash__c == "z" && self.o.namespace == "ns" && self.o.__namespace__ == "ns"',
    '!has(self.o.none)',
    'self.set == ["b", "a"] && self.set + ["c", "a"] == ["a", "b", "c"]',
    'self.m.all(k, v, v == "1")',
    'oldSelf.i == 99',
    { rule: 'oldSelf.hasValue() ? false : true', optionalOldSelf: true },
  ])('keeps %o', (rule) => {
    expect(errors(rule)).toEqual([]);
  });

  test.each(['self.set == oldSelf.set && self.keyed == oldSelf.keyed', 'self.i == oldSelf.i + 1'])(
    'may become: %s',
    (rule) => {
      expect(errors(rule, OLD)).toEqual([]);
    },
  );

  test.each<[string | Rule, string]>([
    ['self.i > 5', '<nil>: Invalid value: failed rule: self.i > 5'],
    [{ rule: 'self.i > 5', message: ' too small ' }, '<nil>: Invalid value: too small'],
    [{ rule: 'self.i > 5', messageExpression: '"got " + string(self.i)' }, '<nil>: Invalid value: got 5'],
    [{ rule: 'self.i > 5', messageExpression: 'self.o.none', message: 'as it is' }, '<nil>: Invalid value: as it is'],
    [
      { rule: 'self.i > 5', reason: 'FieldValueForbidden', fieldPath: '.o.b-c' },
      'o.b-c: Forbidden: failed rule: self.i > 5',
    ],
    [{ rule: 'self.i > 5', fieldPath: ".m['a.b']" }, 'm[a.b]: Invalid value: failed rule: self.i > 5'],
    ['self.m.zz == "a"', '<nil>: Invalid value: "object": no such key: zz evaluating rule: self.m.zz == "a"'],
    [
      'self.port < 5',
      '<nil>: Invalid value: "object": \'no such overload\': call arguments did not match a supported operator, function or macro signature for rule: self.port < 5',
    ],
    [
      'lists.range(1000).all(a, lists.range(1000).all(b, true))',
      '<nil>: Invalid value: "object": \'operation cancelled: actual cost limit exceeded\': no further validation rules will be run due to call cost exceeds limit for rule: lists.range(1000).all(a, lists.range(1000).all(b, true))',
    ],
  ])('is refused by %o', (rule, text) => {
    expect(errors(rule)).toEqual([text]);
  });

  test('items of a list are told from their old selves by key, and each node has its own path', () => {
    const { keyed, s } = BASE as { keyed: SchemaProps; s: SchemaProps };
    const items = { ...keyed.items, 'x-kubernetes-validations': [{ rule: 'self.v >= oldSelf.v' }] } as SchemaProps;
    const schema = object({
      keyed: { ...keyed, items },
      s: { ...s, 'x-kubernetes-validations': [{ rule: 'self != "abc"' }] },
    });
    const data = {
      ...OBJECT,
      keyed: [
        { k: 'q', v: 1 },
        { k: 'p', v: 1 },
        { k: 'new', v: 0 },
      ],
    };
    expect(rulesValidator(schema)?.(data, OLD).errors.map(errorText)).toEqual([
      's: Invalid value: "abc": failed rule: self != "abc"',
      'keyed[0]: Invalid value: failed rule: self.v >= oldSelf.v',
    ]);
  });

  test('a rule that an unchanged value fails is a warning', () => {
    const correlation: Correlated = { isUnchanged: true, key: () => correlation, index: () => undefined };
    const schema = object(BASE, { rule: 'self.i > 5' }, { rule: 'self.i > oldSelf.i' });
    const { errors: found, warnings } = rulesValidator(schema)?.(OBJECT, OBJECT, correlation) ?? {
      errors: [],
      warnings: [],
    };
    expect(warnings).toEqual(['<nil>: Invalid value: failed rule: self.i > 5']);
    expect(found.map(errorText)).toEqual(['<nil>: Invalid value: failed rule: self.i > oldSelf.i']);
  });

  test('a schema without rules has no validator', () => {
    expect(rulesValidator({ type: 'object', properties: BASE })).toBeUndefined();
  });
});

describe('a definition', () => {
  const check = (spec: SchemaProps) =>
    checkRules({ type: 'object', properties: { spec } }, 'openAPIV3Schema').map((error) =>
      errorText(error).replaceAll('openAPIV3Schema.properties[spec]', 'SPEC'),
    );
  const HINT =
    '(try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)';
  const quadratic = 'self.all(x, self.all(y, x == y))';
  const list = (rule: string, more: SchemaProps = {}): SchemaProps => ({
    type: 'array',
    items: STRING,
    'x-kubernetes-validations': [{ rule }],
    ...more,
  });

  test('rules that compile and are cheap are taken', () => {
    expect(check(object(BASE, { rule: 'self.i > oldSelf.i', messageExpression: '"%d".format([self.i])' }))).toEqual([]);
    expect(check(list(quadratic, { maxItems: 10, items: { type: 'string', maxLength: 10 } }))).toEqual([]);
  });

  test('a rule that does not compile is refused with the position of its error', () => {
    expect(check(object({ i: { type: 'integer' } }, { rule: 'self.foo == 1' }))).toEqual([
      'SPEC.x-kubernetes-validations[0].rule: Invalid value: {"Rule":"self.foo == 1","Message":"","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}: ' +
        "compilation failed: ERROR: <input>:1:5: undefined field 'foo'\n | self.foo == 1\n | ....^",
    ]);
  });

  test('a rule that may cost too much is refused, and named where the whole definition may', () => {
    expect(check(list(quadratic))).toEqual([
      `SPEC.x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget by factor of more than 100x ${HINT}`,
      'SPEC.x-kubernetes-validations[0].rule: Forbidden: contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema',
      `openAPIV3Schema: Forbidden: x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema exceeds budget by factor of more than 100x ${HINT}`,
    ]);
    expect(
      check({
        type: 'integer',
        'x-kubernetes-validations': [{ rule: 'self > 1', messageExpression: '"n " + string(self)' }],
      })[0],
    ).toBe(
      `SPEC.x-kubernetes-validations[0].messageExpression: Forbidden: estimated messageExpression cost exceeds budget by factor of more than 100x ${HINT}`,
    );
  });

  test('oldSelf has no meaning within lists without keys', () => {
    const items: SchemaProps = { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self == oldSelf' }] };
    expect(check({ type: 'array', items, maxItems: 5 })).toEqual([
      'SPEC.items.x-kubernetes-validations[0].rule: Invalid value: "self == oldSelf": oldSelf cannot be used on the uncorrelatable portion of the schema within SPEC',
    ]);
    expect(
      check({ type: 'integer', 'x-kubernetes-validations': [{ rule: 'self > 1', optionalOldSelf: true }] }),
    ).toEqual([
      'SPEC.x-kubernetes-validations[0].optionalOldSelf: Invalid value: true: may not be set if oldSelf is not used in rule',
    ]);
  });
});

test('a number that a rule refuses is shown as Go shows it', () => {
  const schema = object({
    n: { type: 'number', 'x-kubernetes-validations': [{ rule: 'self > 5000000.5', reason: 'FieldValueDuplicate' }] },
  });
  const shown = (n: number) => rulesValidator(schema)?.({ n }, undefined).errors.map(errorText);
  expect(shown(1e-7)).toEqual(['n: Duplicate value: 1e-07']);
  expect(shown(1234567.5)).toEqual(['n: Duplicate value: 1.2345675e+06']);
  expect(shown(1234567)).toEqual(['n: Duplicate value: 1234567']);
});

test('an old object that does not fit the schema any more is another one', () => {
  const changed = (rule: string) =>
    rulesValidator(object({ s: STRING }, { rule }))?.({ s: 'a' }, { s: {} }).errors.map(errorText);
  expect(changed('self != oldSelf')).toEqual([]);
  expect(changed('self == oldSelf')).toEqual(['<nil>: Invalid value: failed rule: self == oldSelf']);
});
