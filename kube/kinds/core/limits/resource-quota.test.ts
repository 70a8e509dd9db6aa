import { expect, test } from 'vitest';
import { anObject, created, createErrors, updateErrors } from '../../../testing/strategy.ts';
import { resourceQuota } from './resource-quota.ts';

const of = (spec: object) => anObject(resourceQuota, { spec });
const expression = (scopeName: string, operator: string, values?: string[]) => ({
  scopeSelector: { matchExpressions: [{ scopeName, operator, ...(values ? { values } : {}) }] },
});
const AT = 'spec.scopeSelector.matchExpressions';

test.each<[object, string[]]>([
  [{ hard: { pods: '1', 'requests.hugepages-2Mi': '2Mi', 'count/foo': '1', 'a.com/b': '1' } }, []],
  [
    { hard: { foo: '1' } },
    [
      'spec.hard[foo]: Invalid value: "foo": must be a standard resource type or fully qualified',
      'spec.hard[foo]: Invalid value: "foo": must be a standard resource for quota',
    ],
  ],
  [{ hard: { pods: '1500m' } }, ['spec.hard[pods]: Invalid value: "1500m": must be an integer']],
  [{ hard: { cpu: '-1' } }, ['spec.hard[cpu]: Invalid value: "-1": must be greater than or equal to 0']],
  [
    { hard: { services: '1' }, scopes: ['BestEffort'] },
    ['spec.scopes: Invalid value: ["BestEffort"]: unsupported scope applied to resource'],
  ],
  [
    { scopes: ['Terminating', 'NotTerminating', 'Foo'] },
    [
      'spec.scopes: Invalid value: ["Terminating","NotTerminating","Foo"]: unsupported scope',
      'spec.scopes: Invalid value: ["Terminating","NotTerminating","Foo"]: conflicting scopes',
    ],
  ],
  [expression('PriorityClass', 'In', ['a']), []],
  [
    expression('PriorityClass', 'In'),
    [
      `${AT}.values: Required value: must be at least one value when \`operator\` is 'In' or 'NotIn' for scope selector`,
    ],
  ],
  [
    expression('PriorityClass', 'Exists', ['a']),
    [
      `${AT}.values: Invalid value: ["a"]: must be no value when \`operator\` is 'Exist' or 'DoesNotExist' for scope selector`,
    ],
  ],
  [
    { hard: { services: '1' }, ...expression('PriorityClass', 'Exists') },
    [
      `${AT}: Invalid value: {"MatchExpressions":[{"ScopeName":"PriorityClass","Operator":"Exists","Values":null}]}: unsupported scope applied to resource`,
    ],
  ],
])('%j', (spec, errors) => {
  expect(createErrors(resourceQuota, of(spec))).toEqual(errors);
});

test('scopes stay as they are', () => {
  const quota = of({ scopes: ['Terminating'] });
  const change = (scopes: string[]) =>
    updateErrors(resourceQuota, quota, ({ spec }) => void Object.assign(spec as object, { scopes }));
  expect(change(['Terminating', 'Terminating'])).toEqual([]);
  expect(change(['NotTerminating'])).toEqual(['spec.scopes: Invalid value: ["NotTerminating"]: field is immutable']);
});

test('a request above the limit is warned of', () => {
  const warned = (hard: object) => resourceQuota.strategy.warnings?.(created(resourceQuota, of({ hard })));
  expect(warned({ 'requests.cpu': '2', 'limits.cpu': '1' })).toEqual([
    'ResourceQuota requests.cpu (2) should be less than limits.cpu (1)',
  ]);
  expect(warned({ memory: '2Gi', 'limits.memory': '1Gi' })).toEqual([
    'ResourceQuota memory (2Gi) should be less than limits.memory (1Gi)',
  ]);
  expect(warned({ cpu: '1', 'limits.cpu': '1' })).toEqual([]);
});
