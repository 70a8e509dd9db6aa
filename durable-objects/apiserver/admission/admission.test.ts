import { expect, test } from 'vitest';
import type { Node, Pod } from '../../../kube/types.ts';
import { testApi } from '../testing/harness.ts';
import { MERGE, node, PODS, pod } from '../testing/objects.ts';

const KUBELET = { name: 'system:node:n1', groups: ['system:nodes', 'system:authenticated'] };

test('a pod gets what the cluster decides for it', async () => {
  const { create } = await testApi();
  const { spec } = await create<Pod>(PODS, pod('web'));
  expect(spec).toMatchObject({
    serviceAccountName: 'default',
    serviceAccount: 'default',
    priority: 0,
    preemptionPolicy: 'PreemptLowerPriority',
    tolerations: [
      { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
      { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
    ],
  });
});

test('fields that admission filled in have no manager', async () => {
  const { create } = await testApi();
  const { metadata } = await create<Pod>(PODS, pod('web'));
  const fields = metadata.managedFields?.[0]?.fieldsV1?.['f:spec'];
  expect(fields).toHaveProperty('f:containers');
  expect(fields).not.toHaveProperty('f:serviceAccountName');
  expect(fields).not.toHaveProperty('f:tolerations');
});

test('a pod waits a moment for the default service account of a new namespace, and then fails', async () => {
  const waits: number[] = [];
  let arrive: (() => Promise<unknown>) | undefined;
  const { call, create } = await testApi({
    async sleep(ms) {
      waits.push(ms);
      if (waits.length === 3) await arrive?.();
    },
  });
  await create('/api/v1/namespaces', { metadata: { name: 'new' } });
  const path = '/api/v1/namespaces/new/pods';
  const refused = await call(`POST ${path}`, { body: pod('web') });
  expect([refused.status, refused.body.message]).toEqual([
    403,
    'pods "web" is forbidden: error looking up service account new/default: serviceaccount "default" not found',
  ]);
  waits.length = 0;
  arrive = () => create('/api/v1/namespaces/new/serviceaccounts', { metadata: { name: 'default' } });
  expect((await call(`POST ${path}`, { body: pod('web') })).status).toBe(201);
  expect(waits).toHaveLength(3);
});

const PRIORITY_CLASSES = '/apis/scheduling.k8s.io/v1/priorityclasses';

test('priority classes become numbers', async () => {
  const { call, create } = await testApi();
  const critical = await create<Pod>(PODS, pod('a', { spec: { priorityClassName: 'system-node-critical' } }));
  expect(critical.spec?.priority).toBe(2000001000);
  const { body } = await call<{ items: { metadata: { name: string } }[] }>(`GET ${PRIORITY_CLASSES}`);
  expect(body.items.map(({ metadata }) => metadata.name)).toEqual(['system-cluster-critical', 'system-node-critical']);
  const wrong = { metadata: { name: 'system-node-critical' }, value: 1 };
  expect((await call(`POST ${PRIORITY_CLASSES}`, { body: wrong })).body.message).toContain(
    'error: value of system-node-critical PriorityClass must be 2000001000',
  );
  const unknown = await call(`POST ${PODS}`, { body: pod('b', { spec: { priorityClassName: 'fast' } }) });
  expect([unknown.status, unknown.body.message]).toEqual([
    403,
    'pods "b" is forbidden: no PriorityClass with name fast was found',
  ]);
  const own = await call(`POST ${PODS}`, { body: pod('b', { spec: { priority: 7 } }) });
  expect(own.body.message).toBe(
    'pods "b" is forbidden: the integer value of priority (7) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name',
  );
});

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

test('a mirror pod of any user refers to no Secret and has no token', async () => {
  const { call } = await testApi();
  const attempt = async (spec: object) => {
    const mirror = pod('web', { spec: { nodeName: 'n1', ...spec } });
    Object.assign(mirror.metadata, { annotations: { 'kubernetes.io/config.mirror': 'x' } });
    const { status, body } = await call<Pod & { message: string }>(`POST ${PODS}?dryRun=All`, { body: mirror });
    return status === 201 ? body.spec?.serviceAccountName : body.message?.replace('pods "web" is forbidden: ', '');
  };
  expect(await attempt({})).toBeUndefined();
  expect(await attempt({ serviceAccountName: 'default' })).toBe('a mirror pod may not reference service accounts');
  const envFrom = [{ secretRef: { name: 's' } }];
  const secrets = 'a mirror pod may not reference secrets';
  expect(await attempt({ containers: [{ name: 'a', image: 'b', envFrom }] })).toBe(secrets);
  expect(await attempt({ imagePullSecrets: [{ name: 's' }] })).toBe(secrets);
  const projected = { sources: [{ serviceAccountToken: { path: 't' } }] };
  expect(await attempt({ volumes: [{ name: 'v', projected }] })).toBe(
    'a mirror pod may not use ServiceAccountToken volume projections',
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

test('in a namespace that terminates, pods are neither bound nor evicted', async () => {
  const { call, create } = await testApi();
  await create('/api/v1/namespaces', { metadata: { name: 'going' } });
  await create('/api/v1/namespaces/going/serviceaccounts', { metadata: { name: 'default' } });
  const pods = '/api/v1/namespaces/going/pods';
  await create(pods, pod('a'));
  await call('DELETE /api/v1/namespaces/going');
  const target = { kind: 'Node', name: 'n1' };
  for (const [subresource, body] of [
    ['binding', { target }],
    ['eviction', {}],
  ] as const) {
    const reply = await call(`POST ${pods}/a/${subresource}`, { body: { metadata: { name: 'a' }, ...body } });
    expect([reply.status, reply.body.details?.causes?.[0]?.reason]).toEqual([403, 'NamespaceTerminating']);
  }
});

test('one priority class at most is the default', async () => {
  const { call, create } = await testApi();
  const classes = '/apis/scheduling.k8s.io/v1/priorityclasses';
  await create(classes, { metadata: { name: 'a' }, value: 5, globalDefault: true });
  await create(classes, { metadata: { name: 'b' }, value: 4 });
  const message = 'is forbidden: PriorityClass a is already marked as default. Only one default can exist';
  const second = await call(`POST ${classes}`, { body: { metadata: { name: 'c' }, value: 6, globalDefault: true } });
  expect([second.status, second.body.message]).toEqual([403, `priorityclasses.scheduling.k8s.io "c" ${message}`]);
  const patch = (name: string, body: object) => call(`PATCH ${classes}/${name}`, { body, headers: MERGE });
  expect((await patch('b', { globalDefault: true })).body.message).toBe(
    `priorityclasses.scheduling.k8s.io "b" ${message}`,
  );
  expect((await patch('a', { description: 'still' })).status).toBe(200);
});
