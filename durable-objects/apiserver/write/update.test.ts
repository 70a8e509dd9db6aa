/** A PUT that creates. */
import { expect, test } from 'vitest';
import { type ADMIN, testApi } from '../testing/harness.ts';
import { configMap, MAPS, MERGE, SERVICES } from '../testing/objects.ts';

test.each([
  [SERVICES, { metadata: { name: 'g', resourceVersion: '77' }, spec: { ports: [{ port: 80 }] } }],
  ['/api/v1/namespaces/default/endpoints', { metadata: { name: 'g' } }],
  ['/apis/coordination.k8s.io/v1/namespaces/default/leases', { metadata: { name: 'g' }, spec: {} }],
  ['/api/v1/namespaces/default/events', { metadata: { name: 'g' }, involvedObject: { namespace: 'default' } }],
])('a PUT to %s creates what is not there', async (path, body) => {
  const { call } = await testApi();
  const dry = await call(`PUT ${path}/g?dryRun=All`, { body });
  expect([dry.status, (await call(`GET ${path}/g`)).status]).toEqual([201, 404]);
  const made = await call(`PUT ${path}/g`, { body });
  expect([made.status, typeof made.body.metadata.uid]).toEqual([201, 'string']);
  const { resourceVersion } = made.body.metadata;
  const again = await call(`PUT ${path}/g`, { body: { ...body, metadata: { name: 'g', resourceVersion } } });
  expect([again.status, again.body.metadata.uid]).toEqual([200, made.body.metadata.uid]);
});

test('a PUT creates only in a namespace that exists, without a uid, and where its kind allows it', async () => {
  const { call } = await testApi();
  const put = async (where: string, metadata: object, user?: typeof ADMIN) => {
    const body = { metadata: { name: 'g', ...metadata }, spec: { ports: [{ port: 80 }] } };
    const reply = await call(`PUT ${where}/services/g`, { body, user });
    return `${reply.status} ${reply.body.message}`;
  };
  expect(await put('/api/v1/namespaces/nope', {})).toBe('404 namespaces "nope" not found');
  expect(await put('/api/v1/namespaces/default', { uid: 'x' })).toMatch(/^409 .*UID in precondition: x/);
  expect((await call(`PUT ${MAPS}/g`, { body: configMap('g') })).body.message).toBe('configmaps "g" not found');
  // Upstream creates through the status, too, though without an address.
  const status = await call(`PUT ${SERVICES}/g/status`, { body: { metadata: { name: 'g' } } });
  expect([status.status, status.body.message]).toEqual([422, 'Service "g" is invalid: spec.ports: Required value']);
});

test('an update tells a changed uid before what is wrong with the object, though a create of the kind tells metadata last', async () => {
  const { call, create } = await testApi();
  const budgets = '/apis/policy/v1/namespaces/default/poddisruptionbudgets';
  await create(budgets, { metadata: { name: 'b' }, spec: { minAvailable: 1 } });
  const body = { metadata: { name: 'b', uid: 'other' }, spec: { minAvailable: -1 } };
  const { body: status } = await call(`PATCH ${budgets}/b`, { body, headers: MERGE });
  expect(status.message).toMatch(/is invalid: \[metadata\.uid: .*, spec\.minAvailable: /);
});
