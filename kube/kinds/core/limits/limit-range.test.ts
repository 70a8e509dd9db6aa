import { expect, test } from 'vitest';
import { anObject, created, createErrors } from '../../../testing/strategy.ts';
import { limitRange } from './limit-range.ts';

const of = (...limits: object[]) => anObject(limitRange, { spec: { limits } });

test('limits default to the maximum, and requests to the limits or to the minimum', () => {
  const item = { type: 'Container', max: { cpu: '2' }, min: { cpu: '1', memory: '1Gi' }, default: { memory: '2Gi' } };
  expect((created(limitRange, of(item)).spec as { limits: unknown[] }).limits).toEqual([
    { ...item, default: { cpu: '2', memory: '2Gi' }, defaultRequest: { cpu: '2', memory: '2Gi' } },
  ]);
  const bare = { type: 'Container' };
  expect((created(limitRange, of(bare)).spec as { limits: unknown[] }).limits).toEqual([bare]);
});

test('no limits are null, as Go prints a list that is not there', () => {
  expect(created(limitRange, of()).spec).toEqual({ limits: null });
  expect(created(limitRange, anObject(limitRange, { spec: {} })).spec).toEqual({ limits: null });
});

test.each<[object[], string[]]>([
  [[{ type: 'Pod', max: { cpu: '1' } }, { type: 'a/b' }], []],
  [[{ type: 'Foo' }], ['spec.limits[0].type: Invalid value: "Foo": must be a standard limit type or fully qualified']],
  [[{ type: 'Pod' }, { type: 'Pod' }], ['spec.limits[1].type: Duplicate value: "Pod"']],
  [
    [{ type: 'Pod', default: { cpu: '1' } }],
    ["spec.limits[0].default: Forbidden: may not be specified when `type` is 'Pod'"],
  ],
  [
    [{ type: 'Container', max: { pods: '1' } }],
    [
      'spec.limits[0].max[pods]: Invalid value: "pods": must be a standard resource for containers',
      'spec.limits[0].default[pods]: Invalid value: "pods": must be a standard resource for containers',
      'spec.limits[0].defaultRequest[pods]: Invalid value: "pods": must be a standard resource for containers',
    ],
  ],
  [
    [{ type: 'PersistentVolumeClaim', max: { cpu: '1' } }],
    [
      'spec.limits[0].limits: Required value: either minimum or maximum storage value is required, but neither was provided',
    ],
  ],
  [
    [{ type: 'Pod', min: { cpu: '2' }, max: { cpu: '1' } }],
    ['spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1'],
  ],
  [
    [{ type: 'Pod', min: { cpu: '1' }, max: { cpu: '2' }, maxLimitRequestRatio: { cpu: '3' } }],
    ['spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: "3": ratio 3 is greater than max/min = 2.000000'],
  ],
  [
    [{ type: 'Container', default: { 'a.com/gpu': '2' }, defaultRequest: { 'a.com/gpu': '1' } }],
    [
      'spec.limits[0].defaultRequest[a.com/gpu]: Invalid value: "1": default value 2 must equal to defaultRequest value 1 in a.com/gpu',
    ],
  ],
])('%j', (limits, errors) => {
  expect(createErrors(limitRange, of(...limits))).toEqual(errors);
});
