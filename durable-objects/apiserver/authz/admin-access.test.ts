import { expect, test } from 'vitest';
import { testApi } from '../testing/harness.ts';
import { MERGE } from '../testing/objects.ts';

test('devices are asked for with admin access only where the namespace is labelled for it', async () => {
  const { call } = await testApi();
  const root = '/apis/resource.k8s.io/v1/namespaces/default';
  const spec = { devices: { requests: [{ name: 'r', exactly: { deviceClassName: 'c', adminAccess: true } }] } };
  const bodies = [
    ['resourceclaims', { metadata: { name: 'x' }, spec }],
    ['resourceclaimtemplates', { metadata: { name: 'x' }, spec: { spec } }],
  ] as const;
  for (const [plural, body] of bodies) {
    const refused = await call(`POST ${root}/${plural}`, { body });
    expect(refused.status).toBe(422);
    expect(refused.body.message).toContain(
      'spec.devices.requests[0].adminAccess: Forbidden: admin access to devices requires the `resource.kubernetes.io/admin-access: true` label on the containing namespace',
    );
  }
  const labels = { 'resource.kubernetes.io/admin-access': 'true' };
  await call('PATCH /api/v1/namespaces/default', { headers: MERGE, body: { metadata: { labels } } });
  for (const [plural, body] of bodies) expect((await call(`POST ${root}/${plural}`, { body })).status).toBe(201);
});

test('a claim is given devices with admin access only where the namespace is labelled for it', async () => {
  const { call } = await testApi();
  const root = '/apis/resource.k8s.io/v1/namespaces/default/resourceclaims';
  const spec = { devices: { requests: [{ name: 'r', exactly: { deviceClassName: 'c' } }] } };
  await call(`POST ${root}`, { body: { metadata: { name: 'x' }, spec } });
  const result = { request: 'r', driver: 'd.e', pool: 'p', device: 'd', adminAccess: true };
  const given = { headers: MERGE, body: { status: { allocation: { devices: { results: [result] } } } } };
  const refused = await call(`PATCH ${root}/x/status`, given);
  expect(refused.status).toBe(422);
  expect(refused.body.message).toContain('status.allocation.devices.results[0].adminAccess: Forbidden');
  const labels = { 'resource.kubernetes.io/admin-access': 'true' };
  await call('PATCH /api/v1/namespaces/default', { headers: MERGE, body: { metadata: { labels } } });
  expect((await call(`PATCH ${root}/x/status`, given)).status).toBe(200);
});
