import { expect, test } from 'vitest';
import { keyOf } from '../../../kube/machinery/resource.ts';
import { testApi } from '../testing/harness.ts';
import { configMap, MAPS, PODS, pod } from '../testing/objects.ts';
import { NodeGraph } from './node-graph.ts';

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

const CLAIM = { name: 'gpu', resourceClaimTemplateName: 'gpu' };

test('a kubelet reads what the pods bound to it refer to', async () => {
  const status = await cluster();
  expect(await status(`GET ${SECRETS}/used`)).toBe(200);
  expect(await status(`GET ${MAPS}/settings`)).toBe(200);
  expect(await status('GET /api/v1/namespaces/default/serviceaccounts/default')).toBe(200);
  expect(await status(`GET ${SECRETS}/foreign`)).toBe(403);
  expect(await status(`GET ${SECRETS}`)).toBe(403);
  expect(await status(`GET ${SECRETS}?fieldSelector=metadata.name%3Dused`)).toBe(200);
  // Over all namespaces the name means the Secrets of every namespace.
  expect(await status('GET /api/v1/secrets?fieldSelector=metadata.name%3Dused')).toBe(403);
  expect(await status('GET /api/v1/watch/secrets?fieldSelector=metadata.name%3Dused')).toBe(403);
  expect(await status(`DELETE ${SECRETS}/used`)).toBe(403);
});

test('a kubelet lists its own pods only', async () => {
  const status = await cluster();
  expect(await status('GET /api/v1/pods?fieldSelector=spec.nodeName%3Dn1')).toBe(200);
  expect(await status('GET /api/v1/pods')).toBe(403);
  expect(await status('GET /api/v1/pods?fieldSelector=spec.nodeName%3Dn2')).toBe(403);
  expect(await status('GET /api/v1/pods?fieldSelector=spec.nodeName%3Dn1,spec.nodeName%3Dn2')).toBe(200);
  expect(await status('GET /api/v1/pods?fieldSelector=spec.nodeName!%3Dn1')).toBe(403);
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
test('references of pods are read once, and followed from commits', async () => {
  const { call, create, store } = await testApi();
  const namespaces: string[] = [];
  const scan = store.scan.bind(store);
  store.scan = (query) => {
    if (query.prefix.startsWith('pods/')) namespaces.push(query.prefix);
    return scan(query);
  };
  const get = async (name: string) => (await call(`GET ${SECRETS}/${name}`, { user: KUBELET })).status;
  for (const name of ['a', 'b', 'c']) await create(SECRETS, { metadata: { name } });
  const spec = (secret: string) => ({ nodeName: 'n1', volumes: [{ name: 'v', secret: { secretName: secret } }] });
  await create(PODS, pod('one', { spec: spec('a') }));
  expect([await get('a'), await get('b')]).toEqual([200, 403]);
  await create(PODS, pod('two', { spec: { ...spec('b'), nodeName: undefined } }));
  expect(await get('b')).toBe(403);
  await create(`${PODS}/two/binding`, { metadata: { name: 'two' }, target: { kind: 'Node', name: 'n1' } });
  await create(PODS, pod('three', { spec: spec('b') }));
  expect(await get('b')).toBe(200);
  await call(`DELETE ${PODS}/two?gracePeriodSeconds=0`);
  expect(await get('b')).toBe(200);
  await call(`DELETE ${PODS}/three?gracePeriodSeconds=0`);
  expect([await get('a'), await get('b'), await get('c')]).toEqual([200, 403, 403]);
  expect(namespaces).toEqual(['pods/default/']);
});

test('a namespace without pods is looked at again, and not remembered', async () => {
  const { create, store } = await testApi();
  let scans = 0;
  const graph = new NodeGraph({
    onCommit: store.onCommit,
    onRollback: store.onRollback,
    scan(query) {
      scans++;
      return store.scan(query);
    },
  });
  const refers = (namespace: string) => graph.refers('n1', keyOf('secrets', namespace, 's'));
  expect([refers('default'), refers('nowhere'), refers('nowhere')]).toEqual([false, false, false]);
  expect(scans).toBe(3);
  await create(PODS, pod('job', { spec: { nodeName: 'n1', volumes: [{ name: 'v', secret: { secretName: 's' } }] } }));
  expect([refers('default'), refers('default')]).toEqual([true, true]);
  expect(scans).toBe(4);
});

test('of pods that come and go, nothing is kept', async () => {
  const { create, call, store } = await testApi();
  const graph = new NodeGraph(store);
  const refers = (name: string) => graph.refers('n1', keyOf('secrets', 'default', name));
  expect(refers('s-0')).toBe(false);
  const { size } = graph;
  for (let index = 0; index < 3; index++) {
    const volumes = [{ name: 'v', secret: { secretName: `s-${index}` } }];
    await create(PODS, pod('job', { spec: { nodeName: 'n1', volumes } }));
    expect(refers(`s-${index}`)).toBe(true);
    await call(`DELETE ${PODS}/job?gracePeriodSeconds=0`);
  }
  expect([refers('s-0'), graph.size]).toEqual([false, size]);
});

test('what a pod refers to no longer is forgotten', async () => {
  const { create, call, store } = await testApi();
  const graph = new NodeGraph(store);
  const refers = () => graph.refers('n1', keyOf('resourceclaims.resource.k8s.io', 'default', 'made'));
  expect(refers()).toBe(false);
  await create(PODS, pod('job', { spec: { nodeName: 'n1', resourceClaims: [CLAIM] } }));
  const update = async (resourceClaimStatuses: object[] | null) => {
    const headers = { 'content-type': 'application/merge-patch+json' };
    await call(`PATCH ${PODS}/job/status`, { headers, body: { status: { resourceClaimStatuses } } });
    return refers();
  };
  expect(await update([{ name: 'gpu', resourceClaimName: 'made' }])).toBe(true);
  expect(await update(null)).toBe(false);
});

test('a kubelet reads the attachments of volumes to its own node, and writes no other Node', async () => {
  const { call, create } = await testApi();
  const path = '/apis/storage.k8s.io/v1/volumeattachments';
  for (const node of ['n1', 'n2']) {
    const spec = { attacher: 'a.example.com', nodeName: node, source: { persistentVolumeName: 'v' } };
    await create(path, { metadata: { name: `to-${node}` }, spec });
    await create('/api/v1/nodes', { metadata: { name: node } });
  }
  const ask = async (line: string, body?: object) => {
    const headers = { 'content-type': 'application/merge-patch+json' };
    const { status, body: answer } = await call(line, { user: KUBELET, headers, body });
    return status === 200 ? 200 : answer.message;
  };
  expect(await ask(`GET ${path}/to-n1`)).toBe(200);
  expect(await ask(`GET ${path}/to-n2`)).toContain("no relationship found between node 'n1' and this object");
  expect(await ask(`GET ${path}`)).toContain('can only get individual resources of this type');
  expect(await ask('PATCH /api/v1/nodes/n1', {})).toBe(200);
  expect(await ask('PATCH /api/v1/nodes/n2', {})).toBe(
    'nodes "n2" is forbidden: node "n1" is not allowed to modify node "n2"',
  );
  for (const name of ['n1', 'n2']) {
    expect(await ask(`DELETE /api/v1/nodes/${name}`)).toBe(
      `nodes "${name}" is forbidden: User "system:node:n1" cannot delete resource "nodes" in API group "" at the cluster scope`,
    );
  }
});

test('a mirror pod gives its kubelet access to nothing', async () => {
  const { call, create } = await testApi();
  const maps = '/api/v1/namespaces/default/configmaps';
  await create(maps, { metadata: { name: 'a' } });
  const metadata = { annotations: { 'kubernetes.io/config.mirror': 'x' } };
  const spec = { nodeName: 'n1', volumes: [{ name: 'v', configMap: { name: 'a' } }] };
  await create(PODS, pod('mirror', { metadata, spec }));
  expect((await call(`GET ${maps}/a`, { user: KUBELET })).status).toBe(403);
});

test('a kubelet reads the claims of its pods, and the volumes that they are bound to', async () => {
  const { call, create } = await testApi();
  const claims = '/api/v1/namespaces/default/persistentvolumeclaims';
  const volumes = '/api/v1/persistentvolumes';
  const resources = { requests: { storage: '1Gi' } };
  for (const name of ['used', 'other']) {
    const spec = { accessModes: ['ReadWriteOnce'], resources };
    await create(claims, { metadata: { name }, spec });
    const claimRef = { namespace: 'default', name };
    const volume = {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      hostPath: { path: '/tmp' },
      claimRef,
    };
    await create(volumes, { metadata: { name: `pv-${name}` }, spec: volume });
  }
  const source = { name: 'v', persistentVolumeClaim: { claimName: 'used' } };
  await create(PODS, pod('a', { spec: { nodeName: 'n1', volumes: [source] } }));
  const get = async (path: string) => (await call(`GET ${path}`, { user: KUBELET })).status;
  expect([await get(`${claims}/used`), await get(`${claims}/other`), await get(claims)]).toEqual([200, 403, 403]);
  expect([await get(`${volumes}/pv-used`), await get(`${volumes}/pv-other`), await get(volumes)]).toEqual([
    200, 403, 403,
  ]);
});

test('a kubelet reads the Secrets that the volumes of its pods name', async () => {
  const { call, create } = await testApi();
  const get = async (name: string) => (await call(`GET ${SECRETS}/${name}`, { user: KUBELET })).status;
  for (const name of ['publish', 'control']) await create(SECRETS, { metadata: { name } });
  const ref = (name: string) => ({ namespace: 'default', name });
  await create('/api/v1/persistentvolumes', {
    metadata: { name: 'v' },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      claimRef: { namespace: 'default', name: 'used' },
      csi: {
        driver: 'a.example.com',
        volumeHandle: 'h',
        nodePublishSecretRef: ref('publish'),
        controllerPublishSecretRef: ref('control'),
      },
    },
  });
  expect(await get('publish')).toBe(403);
  const volumes = [{ name: 'v', persistentVolumeClaim: { claimName: 'used' } }];
  await create(PODS, pod('a', { spec: { nodeName: 'n1', volumes } }));
  expect([await get('publish'), await get('control')]).toEqual([200, 403]);
  await call('DELETE /api/v1/persistentvolumes/v');
  await call('PATCH /api/v1/persistentvolumes/v', {
    headers: { 'content-type': 'application/merge-patch+json' },
    body: { metadata: { finalizers: null } },
  });
  expect(await get('publish')).toBe(403);
});

test('a kubelet reads the resource claims of its pods, and its own slices alone', async () => {
  const { call, create } = await testApi();
  const resource = '/apis/resource.k8s.io/v1';
  const refusal = async (line: string, body?: object) => {
    const reply = await call(line, { user: KUBELET, body });
    return reply.status < 300 ? reply.status : reply.body.message?.split('": ').at(-1)?.split('scope: ').at(-1);
  };
  for (const name of ['used', 'other']) {
    await create(`${resource}/namespaces/default/resourceclaims`, { metadata: { name }, spec: { devices: {} } });
  }
  const resourceClaims = [{ name: 'c', resourceClaimName: 'used' }];
  await create(PODS, pod('a', { spec: { nodeName: 'n1', resourceClaims } }));
  const claim = (name: string) => refusal(`GET ${resource}/namespaces/default/resourceclaims/${name}`);
  expect([await claim('used'), await claim('other')]).toEqual([
    200,
    "no relationship found between node 'n1' and this object",
  ]);
  const slice = (name: string, nodeName: string) => ({
    metadata: { name },
    spec: { nodeName, driver: 'a.example.com', pool: { name: nodeName, generation: 1, resourceSliceCount: 1 } },
  });
  const slices = `${resource}/resourceslices`;
  expect(await refusal(`POST ${slices}`, slice('own', 'n1'))).toBe(201);
  expect(await refusal(`POST ${slices}`, slice('foreign', 'n2'))).toContain(
    'can only create ResourceSlice with the same NodeName as the requesting node',
  );
  await create(slices, slice('foreign', 'n2'));
  expect([await refusal(`GET ${slices}/own`), await refusal(`GET ${slices}/foreign`)]).toEqual([
    200,
    "no relationship found between node 'n1' and this object",
  ]);
  expect(await refusal(`GET ${slices}`)).toBe(
    'can only list/watch/deletecollection resourceslices with nodeName field selector',
  );
  expect(await refusal(`GET ${slices}?fieldSelector=spec.nodeName%3Dn1`)).toBe(200);
  expect(await refusal(`DELETE ${slices}?fieldSelector=spec.nodeName%3Dn1`)).toBe(200);
});

test('a user that names no node is told so', async () => {
  const { call } = await testApi();
  const user = { name: 'system:node:', groups: ['system:nodes'] };
  expect((await call('GET /api/v1/nodes', { user })).body.message).toContain('unknown node for user "system:node:"');
});
