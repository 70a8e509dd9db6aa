/** A write is performed again when another of its group fails half-way, and has the same outcome. */
import { expect, test } from 'vitest';
import { IP_ADDRESSES } from '../../../kube/kinds/networking/service-addresses.ts';
import { keyOf } from '../../../kube/machinery/resource.ts';
import type { ConfigMap, Service } from '../../../kube/types.ts';
import type { RemotePlugin } from '../admission/plugin.ts';
import { type TestApi, testApi } from '../testing/harness.ts';
import { configMap, MAPS, MERGE, SERVICES } from '../testing/objects.ts';

const asksOthers: RemotePlugin = {
  name: 'AsksOthers',
  matches: ({ info }) => info.namespace !== 'kube-system',
  async validate() {},
};

/** After `spoil`, each write has one beside it in its group that fails when a part of it is written. */
async function cluster(plugins: RemotePlugin[]): Promise<TestApi & { spoil(): void }> {
  const api = await testApi({ remotePlugins: plugins });
  const { store } = api;
  const commit = store.commit.bind(store);
  const none = { key: 'configmaps/default/none', expect: 'present', apply: () => 'unchanged' as const } as const;
  const spoil = (): void => {
    store.commit = (write) => {
      const committed = commit(write);
      const apply = () => ({ text: '{}', with: [none] });
      commit({ ...write, key: 'configmaps/default/bad', expect: 'any', apply }).catch(() => undefined);
      return committed;
    };
  };
  return { ...api, spoil };
}

test.each([
  ['by itself', []],
  ['after others were asked', [asksOthers]],
])('%s', async (_, plugins) => {
  const { call, create, spoil, store } = await cluster(plugins);
  await create(MAPS, { ...configMap('kept', { a: '1' }), metadata: { name: 'kept', finalizers: ['example.com/a'] } });
  spoil();
  const service = await create<Service>(SERVICES, { metadata: { name: 's' }, spec: { ports: [{ port: 80 }] } });
  const address = keyOf(IP_ADDRESSES, '', service.spec?.clusterIP ?? '');
  expect(store.get(address)).toBeDefined();
  const patched = await call<ConfigMap>(`PATCH ${MAPS}/kept`, { body: { data: { a: '2' } }, headers: MERGE });
  expect(patched.body.data).toEqual({ a: '2' });
  expect((await call(`DELETE ${MAPS}/kept`)).status).toBe(200);
  expect((await call<ConfigMap>(`GET ${MAPS}/kept`)).body.metadata.deletionTimestamp).toBeDefined();
  await call(`PATCH ${MAPS}/kept`, { body: { metadata: { finalizers: null } }, headers: MERGE });
  expect((await call(`GET ${MAPS}/kept`)).status).toBe(404);
  await call(`DELETE ${SERVICES}/s`);
  expect(store.list({ prefix: 'services/default/s', limit: 9 }).items).toEqual([]);
  expect(store.get(address)).toBeUndefined();
});
