/**
 * Objects as wide as a body can make them. Code that compared their items in pairs took from ten seconds to a minute
 * for each of these; the time limit of each test is the assertion.
 * A test takes well below a second on an idle machine, and several on a loaded one.
 */
import { expect, test, vi } from 'vitest';
import { type TestApi, testApi } from './testing/harness.ts';
import { MAPS, PODS } from './testing/objects.ts';

vi.setConfig({ testTimeout: 20_000 });

const STRATEGIC = { 'content-type': 'application/strategic-merge-patch+json' };
const container = { name: 'a', image: 'b' };

function many<T>(count: number, item: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => item(index));
}

/** Creates it, changes it, and answers both codes. */
async function written({ call }: TestApi, path: string, object: object, change: object): Promise<number[]> {
  const created = await call(`POST ${path}`, {
    body: { ...object, metadata: { name: 'wide', ...metadataOf(object) } },
  });
  const changed = await call(`PATCH ${path}/wide`, { body: change, headers: STRATEGIC });
  return [created.status, changed.status];
}

const metadataOf = (object: { metadata?: object }): object => object.metadata ?? {};
const LABELLED = { metadata: { labels: { a: 'b' } } };

test('tolerations of a pod', async () => {
  const tolerations = many(25_000, (i) => ({ key: `k${i}`, operator: 'Exists' }));
  const pod = { spec: { containers: [container], tolerations } };
  expect(await written(await testApi(), PODS, pod, LABELLED)).toEqual([201, 200]);
});

test('ports that are all alike, and warnings of them', async () => {
  const ports = many(12_000, (i) => ({ containerPort: 80, hostPort: i + 1 }));
  const pod = {
    spec: { containers: [{ ...container, ports: [...ports, ...many(12_000, () => ({ containerPort: 80 }))] }] },
  };
  const api = await testApi();
  const { status, headers } = await api.call(`POST ${PODS}?dryRun=All`, {
    body: { ...pod, metadata: { name: 'wide' } },
  });
  expect(status).toBe(201);
  expect(headers.warning).toContain('overlapping port definition');
});

test('mounts and devices', async () => {
  const volumeMounts = many(20_000, (i) => ({ name: `m${i}`, mountPath: `/m${i}` }));
  const volumeDevices = many(20_000, (i) => ({ name: `d${i}`, devicePath: `/d${i}` }));
  const pod = { spec: { containers: [{ ...container, volumeMounts, volumeDevices }] } };
  expect(await written(await testApi(), PODS, pod, LABELLED)).toEqual([422, 404]);
});

test('stringData of a Secret', async () => {
  const stringData = Object.fromEntries(many(12_000, (i) => [`k${i}`, 'v']));
  const secrets = '/api/v1/namespaces/default/secrets';
  expect(await written(await testApi(), secrets, { stringData }, { stringData: { k0: 'w' } })).toEqual([201, 200]);
});

test('managers of fields', async () => {
  const managedFields = many(8000, (i) => ({
    manager: `m${i}`,
    operation: 'Update',
    apiVersion: 'v1',
    fieldsType: 'FieldsV1',
    fieldsV1: { 'f:data': { [`f:k${i}`]: {} } },
  }));
  expect(await written(await testApi(), MAPS, { metadata: { managedFields } }, { data: { a: 'b' } })).toEqual([
    201, 200,
  ]);
});

test('owner references of one uid, and references that all say that they control', async () => {
  const { call } = await testApi();
  const reference = { apiVersion: 'v1', kind: 'X', uid: 'u' };
  const alike = many(20_000, (i) => ({ ...reference, name: `n${i}` }));
  const created = await call(`POST ${MAPS}`, { body: { metadata: { name: 'wide', ownerReferences: alike } } });
  expect(created.status).toBe(201);
  const ownerReferences = many(20_000, (i) => ({ ...reference, name: `n${i}`, controller: true }));
  const refused = await call(`POST ${MAPS}`, { body: { metadata: { name: 'controlled', ownerReferences } } });
  expect(refused.status).toBe(422);
  expect(refused.body.message).toMatch(/ and 19\d\d\d more\]$/);
  expect(refused.text.length).toBeLessThan(10_000_000);
});

test('a selector that names more labels than a text has', async () => {
  const api = await testApi();
  const data = Object.fromEntries(many(20_000, (i) => [`k${i}`, 'v']));
  for (const name of ['a', 'b', 'c', 'd']) await api.create(MAPS, { metadata: { name }, data });
  const selector = encodeURIComponent(many(20_000, (i) => `k${i}`).join(','));
  for (let count = 0; count < 3; count++) {
    expect((await api.call<{ items: unknown[] }>(`GET ${MAPS}?labelSelector=${selector}`)).body.items).toEqual([]);
  }
});

test('a patch that takes as much away', async () => {
  const api = await testApi();
  const ports = many(5000, (i) => ({ name: `p${i}`, port: i + 1 }));
  const service = { metadata: { name: 'wide' }, spec: { clusterIP: 'None', ports } };
  const services = '/api/v1/namespaces/default/services';
  expect((await api.call(`POST ${services}`, { body: service })).status).toBe(201);
  const body = { spec: { ports: ports.slice(1).map(({ port }) => ({ port, $patch: 'delete' })) } };
  const patched = await api.call<{ spec: { ports: unknown[] } }>(`PATCH ${services}/wide`, {
    body,
    headers: STRATEGIC,
  });
  expect(patched.body.spec.ports).toHaveLength(1);
});

test('resources of wrong names and amounts, which are more errors than a call has arguments', async () => {
  const limits = Object.fromEntries(many(45_000, (i) => [`r_${i}_`, -1]));
  const pod = { metadata: { name: 'wide' }, spec: { containers: [{ ...container, resources: { limits } }] } };
  const { status, body } = await (await testApi()).call(`POST ${PODS}`, { body: pod });
  expect(status).toBe(422);
  expect(body.message).toMatch(/ and \d{6} more\]$/);
});
