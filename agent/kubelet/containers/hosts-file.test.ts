import { expect, test } from 'vitest';
import type { Pod } from '../../../kube/types.ts';
import { hostnameOf, hostsFile, kernelHostname } from './hosts-file.ts';

const DOMAIN = 'cluster.local';
const pod = (spec: object, name = 'web-0'): Pod =>
  ({ metadata: { name, namespace: 'shop' }, spec: { containers: [], ...spec } }) as unknown as Pod;

test('A pod with a subdomain is known by its full name as well', () => {
  const made = pod({ hostname: 'db', subdomain: 'data' });
  expect(hostsFile(made, ['10.0.0.1'], DOMAIN, () => '')).toContain('10.0.0.1\tdb.data.shop.svc.cluster.local\tdb\n');
  expect(kernelHostname(made, DOMAIN)).toBe('db');
});

test('With setHostnameAsFQDN the kernel says the full name, and a pod whose name does not fit is not made', () => {
  const spec = { subdomain: 'data', setHostnameAsFQDN: true };
  expect(kernelHostname(pod(spec), DOMAIN)).toBe('web-0.data.shop.svc.cluster.local');
  expect(kernelHostname(pod({ setHostnameAsFQDN: true }), DOMAIN)).toBe('web-0');
  expect(() => kernelHostname(pod(spec, 'a'.repeat(40)), DOMAIN)).toThrow(
    `FQDN ${'a'.repeat(40)}.data.shop.svc.cluster.local is too long (64 characters is the max, 68 characters requested)`,
  );
});

test('hostnameOverride is all that there is to a name, and long names are cut', () => {
  const spec = { hostname: 'db', subdomain: 'data', hostnameOverride: 'db.example.com' };
  expect(hostnameOf(pod(spec), DOMAIN)).toEqual({ hostname: 'db.example.com', domain: '' });
  expect(hostnameOf(pod({}, `${'a'.repeat(62)}-bcd`), DOMAIN).hostname).toBe('a'.repeat(62));
});
