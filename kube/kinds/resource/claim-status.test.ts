import { expect, test } from 'vitest';
import { errorText } from '../../machinery/field-error.ts';
import type { ResourceClaim } from '../../types.ts';
import { prepareClaimStatus, validateClaimStatus } from './claim-status.ts';

type Status = ResourceClaim['status'];

const exactly = { deviceClassName: 'c' };
const spec = { devices: { requests: [{ name: 'r', exactly }] } };
const claim = (status?: object, more: object = {}): ResourceClaim => ({
  apiVersion: 'resource.k8s.io/v1',
  kind: 'ResourceClaim',
  metadata: { name: 'x', namespace: 'ns', ...more },
  spec,
  status: status as Status,
});
const place = { driver: 'd.e', pool: 'p', device: 'd' };
const result = (more: object = {}) => ({ request: 'r', ...place, ...more });
const given = (more: object = {}, config: object[] = []) => ({
  allocation: { devices: { results: [result(more)], config } },
});
const pod = { resource: 'pods', name: 'p', uid: 'u' };
const device = (more: object) => ({ ...given(), devices: [{ ...place, ...more }] });
const RESULT = 'status.allocation.devices.results[0]';
const CONFIG = 'status.allocation.devices.config[0]';
const DEVICE = 'status.devices[0]';
const parameters = { a: 1 };

test.each<[object, string[]]>([
  [given(), []],
  [{ ...given(), reservedFor: [pod] }, []],
  [{ reservedFor: [pod] }, ['status.reservedFor: Forbidden: may not be specified when `allocated` is not set']],
  [{ ...given(), reservedFor: [pod, { ...pod, name: 'q' }] }, ['status.reservedFor[1]: Duplicate value: "u"']],
  [
    { ...given(), reservedFor: [{}] },
    ['resource', 'name', 'uid'].map((name) => `status.reservedFor[0].${name}: Required value`),
  ],
  [given({ driver: '' }), [`${RESULT}.driver: Required value`]],
  [given({ pool: '' }), [`${RESULT}.pool: Required value`]],
  [
    given({ request: 'x' }),
    [
      `${RESULT}.request: Invalid value: "x": must be the name of a request in the claim or the name of a request and a subrequest separated by '/'`,
    ],
  ],
  [given({ shareID: 'x' }), [`${RESULT}.shareID: Invalid value: "x": error validating uid: invalid UUID length: 1`]],
  [given({}, [{ source: 'FromClass', opaque: { driver: 'd.e', parameters } }]), []],
  [given({}, [{ opaque: { driver: 'd.e', parameters } }]), [`${CONFIG}.source: Required value`]],
  [
    given({}, [{ source: 'x', opaque: { driver: 'd.e', parameters } }]),
    [`${CONFIG}.source: Unsupported value: "x": supported values: "FromClaim", "FromClass"`],
  ],
  [device({ data: { a: 1 }, networkData: { ips: ['10.0.0.1/24'] } }), []],
  [device({ data: [1] }), [`${DEVICE}.data: Invalid value: "<value omitted>": must be a valid JSON object`]],
  [
    device({ networkData: { ips: ['10.0.0.1', '2001:DB8::1/64'] } }),
    [
      `${DEVICE}.networkData.ips[0]: Invalid value: "10.0.0.1": must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)`,
      `${DEVICE}.networkData.ips[1]: Invalid value: "2001:DB8::1/64": must be in canonical form ("2001:db8::1/64")`,
    ],
  ],
  [
    device({ conditions: [{ type: 'Ready', status: 'True' }] }),
    ['lastTransitionTime', 'reason'].map((name) => `${DEVICE}.conditions[0].${name}: Required value`),
  ],
  [
    device({ device: 'other' }),
    [
      `${DEVICE}: Invalid value: {"Driver":"d.e","Pool":"p","Device":"other","ShareID":""}: must be an allocated device in the claim`,
    ],
  ],
])('%j', (status, errors) => {
  expect(validateClaimStatus(claim(status), claim()).map(errorText)).toEqual(errors);
});

test('the allocation of a ResourceClaim cannot be changed, but taken back', () => {
  const changed = validateClaimStatus(claim(given({ device: 'other' })), claim(given()));
  expect(changed.map(errorText)).toEqual([expect.stringMatching(/^status.allocation: .*: field is immutable$/)]);
  expect(validateClaimStatus(claim({}), claim(given()))).toEqual([]);
});

test('a claim that is being deleted gets no more consumers', () => {
  const more = { deletionTimestamp: '2026-01-01T00:00:00Z' };
  const old = { ...given(), reservedFor: [pod] };
  expect(validateClaimStatus(claim(old, more), claim(old))).toEqual([]);
  const next = { ...old, reservedFor: [pod, { ...pod, uid: 'v' }] };
  expect(validateClaimStatus(claim(next, more), claim(old)).map(errorText)).toEqual([
    'status.reservedFor: Forbidden: new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set',
  ]);
});

test('consumers are looked at once each, however many', () => {
  const consumers = (count: number) => Array.from({ length: count }, (_, i) => ({ ...pod, uid: `u${i}` }));
  const old = { ...given(), reservedFor: consumers(256) };
  const next = claim(
    { ...old, reservedFor: [...consumers(256).fill(pod, 0, 1), ...consumers(256)] },
    { deletionTimestamp: 'x' },
  );
  expect(validateClaimStatus(next, claim(old)).map(errorText)).toEqual([
    'status.reservedFor: Too many: 512: must have at most 256 items',
    'status.reservedFor: Forbidden: new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set',
  ]);
  const many = claim(
    { ...old, reservedFor: Array.from({ length: 200_000 }, () => old.reservedFor[255]) },
    { deletionTimestamp: 'x' },
  );
  expect(validateClaimStatus(many, claim(old)).map(errorText)).toEqual([
    'status.reservedFor: Too many: 200000: must have at most 256 items',
  ]);
});

test('the state of devices goes with their allocation', () => {
  const next = claim({ devices: [place] });
  prepareClaimStatus(next, claim(device({})));
  expect(next.status).toEqual({});
});
