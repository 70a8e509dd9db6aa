import { expect, test } from 'vitest';
import { anObject, BY, created, createErrors, updateErrors } from '../../testing/strategy.ts';
import { resourceSlice } from './resource-slice.ts';

const pool = { name: 'p', generation: 1, resourceSliceCount: 1 };
const slice = (spec: object) => anObject(resourceSlice, { spec: { driver: 'd.e', nodeName: 'n', pool, ...spec } });
const device = (device: object, spec: object = {}) => slice({ devices: [{ name: 'd', ...device }], ...spec });
const ONE = 'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required';
const AT = 'spec.devices[0]';

test.each<[object, string[]]>([
  [
    device({ attributes: { a: { string: 's' }, 'd.e/b': { version: '1.2.3-rc.1' } }, capacity: { m: { value: '1' } } }),
    [],
  ],
  [slice({ driver: '' }), ['spec.driver: Required value']],
  [
    slice({ pool: { ...pool, name: 'a/B' } }),
    [expect.stringMatching(/^spec\.pool\.name: Invalid value: "B"/) as never],
  ],
  [
    slice({ pool: { name: 'p', generation: -1 } }),
    [
      'spec.pool.resourceSliceCount: Invalid value: 0: must be greater than zero',
      'spec.pool.generation: Invalid value: -1: must be greater than or equal to zero',
    ],
  ],
  [slice({ nodeName: undefined }), [`spec: Required value: ${ONE}`]],
  [
    slice({ allNodes: true }),
    [`spec: Invalid value: "{\`nodeName\`, \`allNodes\`}": ${ONE}, but multiple fields are set`],
  ],
  [slice({ devices: [{ name: 'd' }, { name: 'd' }] }), ['spec.devices[1]: Duplicate value: "d"']],
  [device({ attributes: { a: {} } }), [`${AT}.attributes[a]: Invalid value: "": exactly one value must be specified`]],
  [
    device({ attributes: { a: { version: '1' } } }),
    [`${AT}.attributes[a].version: Invalid value: "1": must be a string compatible with semver.org spec 2.0.0`],
  ],
  [device({ taints: [{ key: 'k' }] }), [`${AT}.taints[0].effect: Required value`]],
  [device({ consumesCounters: [{ counterSet: 's' }] }), [`${AT}.consumesCounters[0].counters: Required value`]],
  [
    device({ attributes: Object.fromEntries(Array.from({ length: 49 }, (_, i) => [`a${i}`, { int: i }])) }),
    [
      `${AT}: Invalid value: 49: the total number of attributes and capacities must not exceed 32`,
      `${AT}: Invalid value: 49: the total number of attribute values must not exceed 48`,
    ],
  ],
  [
    device({ bindingConditions: ['x'], bindingFailureConditions: ['x'] }),
    [
      `${AT}.bindingFailureConditions[0]: Invalid value: "x": bindingFailureConditions must not overlap with bindingConditions`,
    ],
  ],
  [
    device({ nodeName: 'n' }),
    [
      `${AT}: Invalid value: null: \`nodeName\`, \`nodeSelector\` and \`allNodes\` can only be set if \`perDeviceNodeSelection\` is set to true in the ResourceSlice spec`,
    ],
  ],
])('a slice %j', (object, errors) => {
  expect(createErrors(resourceSlice, object as ReturnType<typeof slice>)).toEqual(errors);
});

test('its driver, pool and node stay, and taints are given the time', () => {
  const change = (spec: object) =>
    updateErrors(resourceSlice, slice({}), (next) => void Object.assign(next.spec as object, spec));
  expect(change({ driver: 'x.y' })).toEqual(['spec.driver: Invalid value: "x.y": field is immutable']);
  expect(change({ devices: [] })).toEqual([]);
  const { spec } = created(resourceSlice, device({ taints: [{ key: 'k', effect: 'NoSchedule' }] }));
  expect(spec).toMatchObject({ devices: [{ taints: [{ key: 'k', timeAdded: BY.now }] }] });
});

test('conditions of both sorts are looked at once each, however many', () => {
  const many = (prefix: string) => Array.from({ length: 200_000 }, (_, i) => `${prefix}${i}`);
  const crowded = device({ bindingConditions: many('a'), bindingFailureConditions: many('b') });
  expect(createErrors(resourceSlice, crowded)).toEqual([
    `${AT}.bindingConditions: Too many: 200000: must have at most 4 items`,
    `${AT}.bindingFailureConditions: Too many: 200000: must have at most 4 items`,
  ]);
});
