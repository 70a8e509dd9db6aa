/** The life of a cluster on the real workerd: its past, and what is made of it. */
import { expect, test } from 'vitest';
import { type Endpoint, send } from '../../cli/local/client.ts';
import type { HistoryChanges, HistoryRange } from '../../wire/history.ts';
import { get, Machine } from './service.ts';

interface Objects {
  items: { metadata: { name: string }; data?: Record<string, string> }[];
}

const MAPS = '/api/v1/namespaces/default/configmaps';

async function put(cluster: Endpoint, name: string, value: string): Promise<void> {
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { value } };
  const { status } = await send(cluster, 'PUT', `${MAPS}/${name}`, body);
  if (status === 404) expect((await send(cluster, 'POST', MAPS, body)).status).toBe(201);
}

const newest = async (cluster: Endpoint): Promise<number> =>
  (await get<HistoryRange>(cluster, '/islet/v1/history')).newest.revision;

test('the API at an earlier revision is read as it was, by its path', async () => {
  await using machine = new Machine();
  await machine.up('--nodes', '0').ready();
  const cluster = await machine.cluster();
  await put(cluster, 'a', 'one');
  const then = await newest(cluster);
  await put(cluster, 'a', 'two');
  const past = await get<Objects>(cluster, `/islet/v1/history/${then}${MAPS}?fieldSelector=metadata.name=a`);
  expect(past.items.map(({ data }) => data)).toEqual([{ value: 'one' }]);
  const { items } = await get<HistoryChanges>(cluster, `/islet/v1/history/changes?after=${then}&resource=configmaps`);
  expect(items).toMatchObject([{ change: 'update', name: 'a', what: 'changed data.value' }]);
  const stranger = { ...cluster, token: `${cluster.token}x` };
  expect((await send(stranger, 'GET', `/islet/v1/history/${then}${MAPS}`)).status).toBe(401);
});
