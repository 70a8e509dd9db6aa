import { expect, test } from 'vitest';
import type { IPAddress, Service } from '../../../kube/types.ts';
import { testApi } from '../testing/harness.ts';
import { MERGE, SERVICES } from '../testing/objects.ts';

const ADDRESSES = '/apis/networking.k8s.io/v1/ipaddresses';

test("an IPAddress with finalizers goes with its Service once they are gone, and its address isn't free before", async () => {
  const { call, create } = await testApi();
  const service = { metadata: { name: 'a' }, spec: { ports: [{ port: 80 }] } };
  const ip = (await create<Service>(SERVICES, service)).spec?.clusterIP;
  const finalizers = (all: string[]) =>
    call(`PATCH ${ADDRESSES}/${ip}`, { headers: MERGE, body: { metadata: { finalizers: all } } });
  await finalizers(['example.com/stay']);
  await call(`DELETE ${SERVICES}/a`);
  const { status, body } = await call<IPAddress>(`GET ${ADDRESSES}/${ip}`);
  expect(status).toBe(200);
  expect(body.metadata).toMatchObject({ deletionTimestamp: expect.any(String), deletionGracePeriodSeconds: 0 });
  const again = { ...service, spec: { ...service.spec, clusterIP: ip } };
  expect((await call(`POST ${SERVICES}`, { body: again })).status).toBe(422);
  await finalizers([]);
  expect((await call(`GET ${ADDRESSES}/${ip}`)).status).toBe(404);
  expect((await call(`POST ${SERVICES}`, { body: again })).status).toBe(201);
});
