import { expect, test } from 'vitest';
import { testApi } from '../testing/harness.ts';

const GROUP = '/apis/coordination.k8s.io/v1';
const NODES = `${GROUP}/namespaces/kube-node-lease/leases`;

async function rig() {
  const asked: string[] = [];
  const note = (what: string) => async (node: string | undefined) => void asked.push(`${what} ${node ?? 'all'}`);
  const api = await testApi({ nodeLeases: { renew: note('renew'), watch: note('watch') } });
  return {
    ...api,
    async asks(line: string, options?: Parameters<typeof api.send>[1]) {
      await api.send(line, options);
      return asked.splice(0);
    },
  };
}

test.each([
  [`GET ${NODES}/n1`, ['renew n1']],
  [`GET ${NODES}`, ['renew all']],
  [`GET ${GROUP}/leases?limit=5`, ['renew all']],
  [`GET ${NODES}?fieldSelector=metadata.name%3Dn1`, ['renew n1']],
  [`GET ${NODES}?watch=true`, ['watch all']],
  [`GET ${GROUP}/leases?watch=true&resourceVersion=1`, ['watch all']],
  [`GET ${NODES}?watch=true&fieldSelector=metadata.name%3Dn1`, ['watch n1']],
])('%s: the Leases of nodes are renewed first: %j', async (line, expected) => {
  expect(await (await rig()).asks(line)).toEqual(expected);
});

test('Leases are not renewed for other namespaces or writes, nor for a request that is refused or not acceptable', async () => {
  const { asks } = await rig();
  const lease = { metadata: { name: 'n1' }, spec: {} };
  expect(await asks(`GET ${GROUP}/namespaces/kube-system/leases`)).toEqual([]);
  expect(await asks(`GET ${GROUP}/namespaces/kube-system/leases?watch=true`)).toEqual([]);
  expect(await asks(`POST ${NODES}`, { body: lease })).toEqual([]);
  expect(await asks(`DELETE ${NODES}/n1`)).toEqual([]);
  expect(await asks('GET /api/v1/namespaces/kube-node-lease/configmaps')).toEqual([]);
  expect(await asks(`GET ${NODES}`, { user: { name: 'nobody', groups: ['system:authenticated'] } })).toEqual([]);
  expect(await asks(`GET ${NODES}`, { headers: { accept: 'text/html' } })).toEqual([]);
});
