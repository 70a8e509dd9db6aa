import { expect, test } from 'vitest';
import { testApi } from '../testing/harness.ts';
import { configMap, MAPS, PODS, pod } from '../testing/objects.ts';

const KUBELET = { name: 'system:node:n1', groups: ['system:nodes', 'system:authenticated'] };
const SECRETS = '/api/v1/namespaces/default/secrets';

async function cluster() {
  const api = await testApi();
  const uses = (secret: string) => ({
    containers: [
      { name: 'a', image: 'b', env: [{ name: 'X', valueFrom: { secretKeyRef: { name: secret, key: 'k' } } }] },
    ],
    volumes: [{ name: 'v', configMap: { name: 'settings' } }],
  });
  await api.create(PODS, pod('mine', { spec: { nodeName: 'n1', ...uses('used') } }));
  await api.create(PODS, pod('other', { spec: { nodeName: 'n2', ...uses('foreign') } }));
  for (const name of ['used', 'foreign']) await api.create(SECRETS, { metadata: { name }, data: {} });
  await api.create(MAPS, configMap('settings'));
  return async (line: string) => (await api.call(line, { user: KUBELET })).status;
}

test('a kubelet reads what the pods bound to it refer to', async () => {
  const status = await cluster();
  expect(await status(`GET ${SECRETS}/used`)).toBe(200);
  expect(await status(`GET ${MAPS}/settings`)).toBe(200);
  expect(await status('GET /api/v1/namespaces/default/serviceaccounts/default')).toBe(200);
  expect(await status(`GET ${SECRETS}/foreign`)).toBe(403);
  expect(await status(`GET ${SECRETS}`)).toBe(403);
  expect(await status(`GET ${SECRETS}?fieldSelector=metadata.name%3Dused`)).toBe(200);
  // Everybody's secret of that name.
  expect(await status('GET /api/v1/secrets?fieldSelector=metadata.name%3Dused')).toBe(403);
  expect(await status('GET /api/v1/watch/secrets?fieldSelector=metadata.name%3Dused')).toBe(403);
  expect(await status(`DELETE ${SECRETS}/used`)).toBe(403);
});

test('a kubelet lists its own pods only', async () => {
  const status = await cluster();
  expect(await status('GET /api/v1/pods?fieldSelector=spec.nodeName%3Dn1')).toBe(200);
  expect(await status('GET /api/v1/pods')).toBe(403);
  expect(await status('GET /api/v1/pods?fieldSelector=spec.nodeName%3Dn2')).toBe(403);
  expect(await status(`GET ${PODS}/mine`)).toBe(200);
  expect(await status(`GET ${PODS}/other`)).toBe(403);
});

test('a kubelet renews its own lease only', async () => {
  const { call } = await testApi();
  const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
  const make = (name: string) => call(`POST ${leases}`, { user: KUBELET, body: { metadata: { name }, spec: {} } });
  expect((await make('n1')).status).toBe(201);
  expect((await make('n2')).body.message).toBe(
    'leases.coordination.k8s.io "n2" is forbidden: can only access node lease with the same name as the requesting node',
  );
  expect((await call(`GET ${leases}/n2`, { user: KUBELET })).status).toBe(403);
});
