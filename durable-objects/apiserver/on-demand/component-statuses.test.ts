import { expect, test } from 'vitest';
import type { ComponentStatus } from '../../../kube/types.ts';
import { testApi } from '../testing/harness.ts';
import { TABLE } from '../testing/objects.ts';

const PATH = '/api/v1/componentstatuses';

test('the components that live in the object are listed as upstream lists them, with its warning', async () => {
  const { call, store } = await testApi();
  const list = await call<{ items: ComponentStatus[] }>(`GET ${PATH}`);
  expect(list.headers.warning).toBe('299 - "v1 ComponentStatus is deprecated in v1.19+"');
  expect(list.body.items.map(({ metadata, conditions }) => [metadata.name, conditions])).toEqual([
    ['controller-manager', [{ type: 'Healthy', status: 'True', message: 'ok' }]],
    ['etcd-0', [{ type: 'Healthy', status: 'True', message: `ok: SQLite at revision ${store.revision}` }]],
    ['scheduler', [{ type: 'Healthy', status: 'True', message: 'ok' }]],
  ]);
  const table = await call<{ rows: { cells: unknown[] }[] }>(`GET ${PATH}`, { headers: TABLE });
  expect(table.body.rows.map(({ cells }) => cells)).toContainEqual(['scheduler', 'Healthy', 'ok', '']);
});

test('a ComponentStatus is read by its name, or selected by a field', async () => {
  const { call } = await testApi();
  const names = async (query: string) =>
    (await call<{ items: ComponentStatus[] }>(`GET ${PATH}?${query}`)).body.items.map(({ metadata }) => metadata.name);
  expect((await call(`GET ${PATH}/scheduler`)).body).toMatchObject({
    kind: 'ComponentStatus',
    metadata: { name: 'scheduler' },
  });
  expect((await call(`GET ${PATH}/none`)).body).toMatchObject({
    code: 404,
    message: 'componentstatus "none" not found',
    details: { name: 'none', kind: 'componentstatus' },
  });
  expect(await names('fieldSelector=metadata.name%3Detcd-0')).toEqual(['etcd-0']);
  expect(await names('fieldSelector=metadata.name%3Dnothing')).toEqual([]);
  expect(await names('labelSelector=a%3Db')).toEqual([]);
  expect((await call(`DELETE ${PATH}/scheduler`)).status).toBe(405);
});

test('a component that the cluster was created without is not said to be healthy', async () => {
  const { call } = await testApi({ foreignControllers: true, foreignScheduler: true });
  const list = await call<{ items: ComponentStatus[] }>(`GET ${PATH}`);
  expect(list.body.items.map(({ metadata }) => metadata.name)).toEqual(['etcd-0']);
  expect((await call(`GET ${PATH}/controller-manager`)).status).toBe(404);
});
