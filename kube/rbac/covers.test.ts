import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PolicyRule } from '../types.ts';
import { describeRules, pieces, uncovered, uncoveredWithin } from './covers.ts';
import { type Asked, ruleAllows } from './rules.ts';

const some = (...values: string[]) => fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 2 });
const resourceRule: fc.Arbitrary<PolicyRule> = fc.record(
  {
    verbs: some('get', 'list', '*'),
    apiGroups: some('', 'apps', '*'),
    resources: some('pods', 'pods/log', '*/log', '*'),
    resourceNames: some('a', 'b'),
  },
  { requiredKeys: ['verbs', 'apiGroups', 'resources'] },
);
const urlRule: fc.Arbitrary<PolicyRule> = fc.record({
  verbs: some('get', '*'),
  nonResourceURLs: some('/a', '/a/*', '/a/b', '*'),
});
const rules = fc.array(fc.oneof(resourceRule, urlRule), { maxLength: 3 });

const asked: fc.Arbitrary<Asked> = fc.record({
  verb: fc.constantFrom('get', 'list', 'delete'),
  isResource: fc.boolean(),
  group: fc.constantFrom('', 'apps', 'batch'),
  resource: fc.constantFrom('pods', 'secrets'),
  subresource: fc.constantFrom('', 'log', 'status'),
  name: fc.constantFrom('', 'a', 'b', 'c'),
  path: fc.constantFrom('/a', '/a/b', '/a/c', '/b'),
});

test('rules that cover others allow all that these allow', () => {
  fc.assert(
    fc.property(rules, rules, asked, (held, wanted, request) => {
      if (uncovered(held, wanted).length > 0) return;
      const allowed = (list: PolicyRule[]) => list.some((rule) => ruleAllows(rule, request));
      expect(!allowed(wanted) || allowed(held)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('rules cover themselves and their pieces, and nothing covers a rule without rules', () => {
  fc.assert(
    fc.property(rules, (list) => {
      expect(uncovered(list, list)).toEqual([]);
      expect(uncovered(list.flatMap(pieces), list)).toEqual([]);
      expect(uncovered([], list)).toEqual(list.flatMap(pieces));
    }),
    { numRuns: 100 },
  );
});

test.each([
  [['pods/status'], ['*/status'], false],
  [['*/status'], ['pods/status'], true],
  [['pods'], ['pods/status'], false],
  [['*'], ['pods/status'], true],
])('the resources %j cover %j: %s', (held, wanted, covered) => {
  const rule = (resources: string[]): PolicyRule => ({ verbs: ['get'], apiGroups: [''], resources });
  expect(uncovered([rule(held)], [rule(wanted)]).length === 0).toBe(covered);
});

test('missing rules are told one resource a line, with all its verbs', () => {
  const missing = uncovered([], [{ verbs: ['get', 'list'], apiGroups: ['', 'apps'], resources: ['b', 'a'] }]);
  expect(describeRules(missing)).toEqual([
    '{APIGroups:[""], Resources:["a"], Verbs:["get" "list"]}',
    '{APIGroups:[""], Resources:["b"], Verbs:["get" "list"]}',
    '{APIGroups:["apps"], Resources:["a"], Verbs:["get" "list"]}',
    '{APIGroups:["apps"], Resources:["b"], Verbs:["get" "list"]}',
  ]);
});

test('a bounded comparison says the same, or that it is too much', () => {
  fc.assert(
    fc.property(rules, rules, fc.integer({ min: 0, max: 100 }), (held, wanted, comparisons) => {
      const within = uncoveredWithin(comparisons, held, wanted);
      if (within !== 'too-many') expect(within).toEqual(uncovered(held, wanted));
      expect(uncoveredWithin(1_000_000, held, wanted)).toEqual(uncovered(held, wanted));
    }),
    { numRuns: 200 },
  );
});

test('long lists are compared in linear time, and rules that a wildcard covers are not compared at all', () => {
  const many = (prefix: string) => Array.from({ length: 50_000 }, (_, index) => `${prefix}${index}`);
  const wide: PolicyRule = { verbs: many('v'), apiGroups: [''], resources: many('r') };
  expect(uncoveredWithin(1000, [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }], [wide, wide])).toEqual([]);
  expect(uncoveredWithin(1000, [wide], [wide])).toEqual([]);
  expect(uncoveredWithin(1000, [{ ...wide, verbs: ['v1'] }], [wide])).toBe('too-many');
});
