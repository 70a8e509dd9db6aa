import { expect, test } from 'vitest';
import { anObject, createErrors, updateErrors } from '../../testing/strategy.ts';
import { deviceClass } from './device-class.ts';
import { resourceClaim } from './resource-claim.ts';
import { resourceClaimTemplate } from './resource-claim-template.ts';

const AT = 'spec.devices';
const exactly = { deviceClassName: 'c' };
const claim = (devices: object) => anObject(resourceClaim, { spec: { devices } });
const request = (request: object) => claim({ requests: [{ name: 'r', ...request }] });
const UNKNOWN = "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'";

test.each<[object, string[]]>([
  [request({ exactly }), []],
  [request({ firstAvailable: [{ name: 'a', ...exactly, allocationMode: 'All' }] }), []],
  [request({}), [`${AT}.requests[0]: Required value: exactly one of \`exactly\` or \`firstAvailable\` is required`]],
  [request({ exactly: {} }), [`${AT}.requests[0].exactly.deviceClassName: Required value`]],
  [
    request({ exactly: { ...exactly, count: -1 } }),
    [`${AT}.requests[0].exactly.count: Invalid value: -1: must be greater than zero`],
  ],
  [
    request({ exactly: { ...exactly, allocationMode: 'All', count: 2 } }),
    [`${AT}.requests[0].exactly.count: Invalid value: 2: must not be specified when allocationMode is 'All'`],
  ],
  [
    request({ exactly: { ...exactly, tolerations: [{ operator: 'Exists', value: 'v' }] } }),
    [`${AT}.requests[0].exactly.tolerations[0].value: Invalid value: "v": must be empty for operator \`Exists\``],
  ],
  [
    claim({
      requests: [
        { name: 'r', exactly },
        { name: 'r', exactly },
      ],
    }),
    [`${AT}.requests[1]: Duplicate value: "r"`],
  ],
  [
    claim({ requests: [{ name: 'r', exactly }], constraints: [{ requests: ['r', 's'], matchAttribute: 'd.e/x' }] }),
    [`${AT}.constraints[0].requests[1]: Invalid value: "s": ${UNKNOWN}`],
  ],
  [
    claim({ requests: [{ name: 'r', exactly }], constraints: [{ matchAttribute: 'x' }] }),
    [
      `${AT}.constraints[0].matchAttribute: Invalid value: "x": a fully qualified name must be a domain and a name separated by a slash`,
    ],
  ],
  [
    claim({ requests: [{ name: 'r', exactly }], config: [{ opaque: { driver: 'd.e', parameters: [1] } }] }),
    [`${AT}.config[0].opaque.parameters: Invalid value: "<value omitted>": must be a valid JSON object`],
  ],
  [
    claim({ requests: Array.from({ length: 33 }, (_, i) => ({ name: `r${i}`, exactly })) }),
    [`${AT}.requests: Too many: 33: must have at most 32 items`],
  ],
])('a claim %j', (object, errors) => {
  expect(createErrors(resourceClaim, object as ReturnType<typeof claim>)).toEqual(errors);
});

test('the spec of a ResourceClaim is immutable, and templates and classes follow the same rules', () => {
  const change = updateErrors(
    resourceClaim,
    request({ exactly }),
    (next) => void Object.assign(next.spec as object, { devices: {} }),
  );
  expect(change).toEqual([expect.stringMatching(/^spec: Invalid value: .*: field is immutable$/)]);
  const sparse = anObject(resourceClaim, { spec: {} });
  const filled = { devices: { requests: [], config: [] } };
  expect(updateErrors(resourceClaim, sparse, (next) => void Object.assign(next.spec as object, filled))).toEqual([]);
  const dying = anObject(resourceClaimTemplate, { spec: { metadata: { deletionGracePeriodSeconds: 0 }, spec: {} } });
  expect(createErrors(resourceClaimTemplate, dying)).toEqual([
    'spec.metadata.deletionGracePeriodSeconds: Forbidden: cannot be set',
  ]);
  const template = anObject(resourceClaimTemplate, {
    spec: { spec: { devices: { requests: [{ name: 'R', exactly }] } } },
  });
  expect(createErrors(resourceClaimTemplate, template)).toEqual([
    expect.stringMatching(/^spec\.spec\.devices\.requests\[0\]\.name: Invalid value: "R": a lowercase RFC 1123 label/),
  ]);
  const spec = { selectors: [{}], config: [{}], extendedResourceName: 'cpu' };
  expect(createErrors(deviceClass, anObject(deviceClass, { spec }))).toEqual([
    'spec.selectors[0].cel: Required value',
    'spec.config[0].opaque: Required value',
    'spec.extendedResourceName: Invalid value: "cpu": must be a valid extended resource name',
  ]);
});
