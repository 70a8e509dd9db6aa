import { expect, test } from 'vitest';
import { createErrors, updateErrors } from '../../testing/strategy.ts';
import { ingress } from './ingress.ts';
import { ipAddress } from './ip-address.ts';
import { serviceCIDR } from './service-cidr.ts';

const ranges = (cidrs?: string[]) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'ServiceCIDR',
  metadata: { name: 'x' },
  spec: { cidrs },
});

test.each<[string[] | undefined, string[]]>([
  [['10.0.0.0/16', '2001:db8::/64'], []],
  [undefined, ['spec.cidrs: Required value: at least one CIDR required']],
  [['x'], ['spec.cidrs[0]: Invalid value: "x": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)']],
  [
    ['10.0.0.0/16', '10.1.0.0/16'],
    [
      'spec.cidrs: Invalid value: ["10.0.0.0/16","10.1.0.0/16"]: may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64',
    ],
  ],
])('ranges of services: %j', (cidrs, errors) => {
  expect(createErrors(serviceCIDR, ranges(cidrs))).toEqual(errors);
});

test('a range stays, and one of the other family may join it', () => {
  const change = (cidrs: string[]) =>
    updateErrors(serviceCIDR, ranges(['10.0.0.0/16']), (next) => Object.assign(next.spec, { cidrs }));
  expect(change(['10.0.0.0/16', 'fd00::/112'])).toEqual([]);
  expect(change(['10.1.0.0/16'])).toEqual(['spec.cidrs[0]: Invalid value: "10.1.0.0/16": field is immutable']);
});

test.each<[object, string[]]>([
  [{ parentRef: { resource: 'services', name: 's', namespace: 'n' } }, []],
  [{}, ['spec.parentRef: Required value']],
  [
    { parentRef: { group: 'A b', resource: '', name: 'a/b' } },
    [
      expect.stringMatching(/^spec\.parentRef\.group: Invalid value: "A b": a lowercase RFC 1123 subdomain/),
      'spec.parentRef.resource: Required value',
      `spec.parentRef.name: Invalid value: "a/b": may not contain '/'`,
    ],
  ],
])('an address of %j', (spec, errors) => {
  const address = { apiVersion: 'networking.k8s.io/v1', kind: 'IPAddress', metadata: { name: '1.2.3.4' }, spec };
  expect(createErrors(ipAddress, address)).toEqual(errors);
});

test('the object that an ingress leads to has a name that fits into a path', () => {
  const resource = { apiGroup: '', kind: 'a/b', name: 'x' };
  const spec = { defaultBackend: { resource } };
  const object = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'x' }, spec };
  expect(createErrors(ingress, object)).toEqual([
    expect.stringMatching(/^spec\.defaultBackend\.resource\.apiGroup: Invalid value: "": a lowercase RFC 1123/),
    `spec.defaultBackend.resource.kind: Invalid value: "a/b": may not contain '/'`,
  ]);
});
