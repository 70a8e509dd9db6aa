import { expect, test } from 'vitest';
import { createErrors } from '../../testing/strategy.ts';
import { ipAddress } from './ip-address.ts';

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
