import { expect, test } from 'vitest';
import type { KubeObject } from '../../machinery/object.ts';
import { BY, created, createErrors, updateErrors } from '../../testing/strategy.ts';
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

test('a new range has an empty status, whatever is sent', () => {
  const conditions = [{ type: 'Ready', status: 'False', reason: 'x', message: '', lastTransitionTime: BY.now }];
  const made = created(serviceCIDR, { ...ranges(['10.0.0.0/24']), status: { conditions } });
  expect((made as KubeObject).status).toEqual({});
});
