import { expect, test } from 'vitest';
import { parseRequest } from '../../../../kube/kinds/certificates/request.ts';
import { NODE_CLIENT } from '../../../../kube/testing/certificate-requests.ts';
import type { Node, Pod } from '../../../../kube/types.ts';
import { commonNameOf } from '../../../../kube/x509/name.ts';
import { testApi } from '../../testing/harness.ts';
import { MERGE, node, PODS, pod } from '../../testing/objects.ts';

const KUBELET = { name: 'system:node:n1', groups: ['system:nodes', 'system:authenticated'] };

test('a kubelet touches its own node, and of it not the taints', async () => {
  const { call, create } = await testApi();
  for (const name of ['n1', 'n2']) await create('/api/v1/nodes', node(name));
  const patch = async (line: string, body: object) => call(`PATCH ${line}`, { user: KUBELET, headers: MERGE, body });
  const status = { status: { conditions: [{ type: 'Ready', status: 'True' }] } };
  const own = await call<Node>('PATCH /api/v1/nodes/n1/status', { user: KUBELET, headers: MERGE, body: status });
  expect([own.status, own.body.status?.conditions?.[0]?.status]).toEqual([200, 'True']);
  expect((await patch('/api/v1/nodes/n2/status', status)).body.message).toBe(
    'nodes "n2" is forbidden: node "n1" is not allowed to modify node "n2"',
  );
  // Neither what is wrong with it nor what the other's holds is told first.
  const foreign = await call('PUT /api/v1/nodes/n2', {
    user: KUBELET,
    body: { metadata: { name: 'n2' }, spec: { podCIDRs: ['10.0.0.0/24', '10.0.1.0/24', 'none'] } },
  });
  expect([foreign.status, foreign.body.message]).toEqual([
    403,
    'nodes "n2" is forbidden: node "n1" is not allowed to modify node "n2"',
  ]);
  expect(
    (await patch('/api/v1/nodes/n1', { spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } })).body.message,
  ).toBe('nodes "n1" is forbidden: node "n1" is not allowed to modify taints');
  expect(
    (await patch('/api/v1/nodes/n1', { metadata: { labels: { 'node-restriction.kubernetes.io/x': 'y' } } })).body
      .message,
  ).toBe('nodes "n1" is forbidden: is not allowed to modify labels: node-restriction.kubernetes.io/x');
});

test('a kubelet reports and deletes the pods bound to it, and no others', async () => {
  const { call, create } = await testApi();
  await create(PODS, pod('mine', { spec: { nodeName: 'n1' } }));
  await create(PODS, pod('other', { spec: { nodeName: 'n2' } }));
  const report = (name: string) =>
    call<Pod & { message: string }>(`PATCH ${PODS}/${name}/status`, {
      user: KUBELET,
      headers: MERGE,
      body: { status: { phase: 'Running' } },
    });
  expect((await report('mine')).body.status?.phase).toBe('Running');
  expect((await report('other')).body.message).toBe(
    'pods "other" is forbidden: node "n1" can only update pod status for pods with spec.nodeName set to itself',
  );
  const remove = (name: string) => call(`DELETE ${PODS}/${name}?gracePeriodSeconds=0`, { user: KUBELET });
  expect((await remove('other')).body.message).toBe(
    'pods "other" is forbidden: node "n1" can only delete pods with spec.nodeName set to itself',
  );
  expect((await remove('mine')).status).toBe(200);
  expect((await call(`POST ${PODS}`, { user: KUBELET, body: pod('new', { spec: { nodeName: 'n1' } }) })).status).toBe(
    403,
  );
});

test('a kubelet cannot make a pod that refers to objects it may not read', async () => {
  const { call, create } = await testApi();
  const { metadata } = await create<Node>('/api/v1/nodes', node('n1'));
  const owner = { apiVersion: 'v1', kind: 'Node', name: 'n1', uid: metadata.uid, controller: true };
  const attempt = async (spec: object, ownerReferences: object[] = [owner]) => {
    const mirror = pod('web', { spec: { nodeName: 'n1', ...spec } });
    Object.assign(mirror.metadata, { ownerReferences, annotations: { 'kubernetes.io/config.mirror': 'x' } });
    const { status, body } = await call(`POST ${PODS}?dryRun=All`, { user: KUBELET, body: mirror });
    return status === 201 ? 'created' : body.message?.replace('pods "web" is forbidden: ', '');
  };
  const container = { name: 'a', image: 'b' };
  const env = [{ name: 'X', valueFrom: { configMapKeyRef: { name: 's', key: 'k' } } }];
  expect(await attempt({})).toBe('created');
  expect(await attempt({}, [])).toBe('node "n1" can only create pods with an owner reference set to itself');
  expect(await attempt({}, [{ ...owner, uid: 'other' }])).toContain('node n1 UID mismatch');
  const configMaps = 'node "n1" can not create pods that reference configmaps';
  expect(await attempt({ containers: [{ ...container, env }] })).toBe(configMaps);
  expect(await attempt({ imagePullSecrets: [{ name: 's' }] })).toBe('a mirror pod may not reference secrets');
  const projected = { sources: [{ configMap: { name: 'c' } }] };
  expect(await attempt({ volumes: [{ name: 'v', projected }] })).toBe(configMaps);
  const csi = { driver: 'd' };
  expect(await attempt({ volumes: [{ name: 'v', csi }] })).toBe(
    'node "n1" can not create pods that reference csidrivers (via CSI volumes)',
  );
  const claim = { claimName: 'c' };
  expect(await attempt({ volumes: [{ name: 'v', persistentVolumeClaim: claim }] })).toBe(
    'node "n1" can not create pods that reference persistentvolumeclaims',
  );
});

test('a kubelet cannot have its node deleted by an owner', async () => {
  const { call, create } = await testApi();
  await create('/api/v1/nodes', node('n1'));
  const ownerReferences = [{ apiVersion: 'v1', kind: 'Pod', name: 'gone', uid: 'gone' }];
  const reply = await call('PATCH /api/v1/nodes/n1', {
    user: KUBELET,
    headers: MERGE,
    body: { metadata: { ownerReferences } },
  });
  expect(reply.body.message).toBe('nodes "n1" is forbidden: node "n1" is not allowed to modify ownerReferences');
});

test('a kubelet says of a claim of its pods how large it is, and nothing else', async () => {
  const { call, create } = await testApi();
  const path = '/api/v1/namespaces/default/persistentvolumeclaims';
  const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
  await create(path, { metadata: { name: 'c' }, spec });
  const volumes = [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }];
  await create(PODS, pod('mine', { spec: { nodeName: 'n1', volumes } }));
  const patch = (body: object) => call(`PATCH ${path}/c/status`, { user: KUBELET, headers: MERGE, body });
  const report = {
    status: { capacity: { storage: '2Gi' }, conditions: [{ type: 'FileSystemResizePending', status: 'True' }] },
  };
  expect((await patch(report)).status).toBe(200);
  const refused =
    'persistentvolumeclaims "c" is forbidden: node "n1" is not allowed to update fields other than status.quantity and status.conditions';
  for (const body of [
    { metadata: { finalizers: ['example.com/kept'] } },
    { metadata: { labels: { a: 'b' } } },
    { metadata: { annotations: { a: 'b' } } },
    { status: { phase: 'Lost' } },
  ]) {
    expect((await patch(body)).body.message).toBe(refused);
  }
});

test('a kubelet makes the CSINode of its own node only', async () => {
  const { call } = await testApi();
  const path = '/apis/storage.k8s.io/v1/csinodes';
  const make = (name: string) =>
    call(`POST ${path}`, { user: KUBELET, body: { metadata: { name }, spec: { drivers: [] } } });
  expect((await make('n1')).status).toBe(201);
  expect((await make('n2')).body.message).toBe(
    'csinodes.storage.k8s.io "n2" is forbidden: can only access CSINode with the same name as the requesting node',
  );
  const remove = await call(`DELETE ${path}?fieldSelector=metadata.name%3Dn1`, { user: KUBELET });
  expect(remove.body.message).toContain('can only get, create, update, patch, or delete a CSINode');
});

test('a kubelet asks for certificates of its own name', async () => {
  const { call } = await testApi();
  const ask = async (request: string, user: string) => {
    const spec = { request, signerName: 'kubernetes.io/kube-apiserver-client-kubelet', usages: ['client auth'] };
    const kubelet = { name: user, groups: ['system:nodes', 'system:authenticated'] };
    const body = { metadata: { generateName: 'csr-' }, spec };
    const reply = await call('POST /apis/certificates.k8s.io/v1/certificatesigningrequests', { user: kubelet, body });
    return reply.status === 201 ? 201 : reply.body.message?.split('forbidden: ')[1];
  };
  const own = commonNameOf(parseRequest(NODE_CLIENT).subject);
  expect(await ask(NODE_CLIENT, own)).toBe(201);
  expect(await ask(NODE_CLIENT, 'system:node:other')).toBe('can only create a node CSR with CN=system:node:other');
  expect(await ask('bm9wZQ==', own)).toContain('unable to parse csr: ');
});

test('claims that are made for a pod are not named by its kubelet', async () => {
  const { call, create } = await testApi();
  await create(PODS, pod('a', { spec: { nodeName: 'n1' } }));
  const patch = async (status: object) =>
    (await call(`PATCH ${PODS}/a/status`, { user: KUBELET, headers: MERGE, body: { status } })).body.message;
  expect(await patch({ resourceClaimStatuses: [{ name: 'c', resourceClaimName: 'foreign' }] })).toContain(
    'node "n1" cannot update resource claim statues',
  );
});
