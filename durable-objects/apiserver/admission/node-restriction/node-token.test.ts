import { expect, test } from 'vitest';
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { testApi } from '../../testing/harness.ts';
import { node, PODS, pod } from '../../testing/objects.ts';

const NODE = { name: 'system:node:n1', groups: ['system:nodes', 'system:authenticated'] };

async function setUp() {
  const api = await testApi();
  await api.create('/api/v1/nodes', node('n1'));
  const projected = {
    sources: [{ serviceAccountToken: { path: 't' } }, { serviceAccountToken: { path: 'v', audience: 'vault' } }],
  };
  const volumes = [{ name: 'tokens', projected }];
  const make = (name: string, spec: object) =>
    api.create<KubeObject>(PODS, pod(name, { spec: { nodeName: 'n1', volumes, ...spec } }));
  const own = await make('own', {});
  await make('other', { nodeName: 'n2' });
  const ask = async (spec: object) => {
    const path = '/api/v1/namespaces/default/serviceaccounts/default/token';
    const { status, body } = await api.call(`POST ${path}`, { user: NODE, body: { spec } });
    return status === 201 ? 'granted' : body.message;
  };
  const ref = { apiVersion: 'v1', kind: 'Pod', name: 'own', uid: own.metadata.uid };
  return { ...api, ask, ref };
}

test('a node gets tokens for pods on it, for the audiences of their volumes', async () => {
  const { ask, ref } = await setUp();
  expect(await ask({ boundObjectRef: ref })).toBe('granted');
  expect(await ask({ boundObjectRef: ref, audiences: ['vault'] })).toBe('granted');
});

test('a node gets no other tokens', async () => {
  const { ask, ref, call } = await setUp();
  const other = (await call<KubeObject>(`GET ${PODS}/other`)).body.metadata.uid;
  const refused: [object, string][] = [
    [{}, 'node requested token not bound to a pod'],
    [{ boundObjectRef: { ...ref, kind: 'Node', name: 'n1' } }, 'node requested token not bound to a pod'],
    [{ boundObjectRef: { ...ref, uid: undefined } }, 'node requested token with a pod binding without a uid'],
    [
      { boundObjectRef: { ...ref, uid: 'zz' } },
      'the UID in the bound object reference (zz) does not match the UID in record. The object might have been deleted and then recreated',
    ],
    [
      { boundObjectRef: { ...ref, name: 'other', uid: other } },
      'node requested token bound to a pod scheduled on a different node',
    ],
    [{ boundObjectRef: ref, audiences: ['a', 'vault'] }, 'node may only request 0 or 1 audiences'],
    [
      { boundObjectRef: ref, audiences: ['bank'] },
      'audience "bank" not found in pod spec volume, system:node:n1 is not authorized to request tokens for this audience',
    ],
  ];
  for (const [spec, why] of refused) {
    expect(await ask(spec)).toBe(`serviceaccounts "default" is forbidden: ${why}`);
  }
});

test("a driver's audiences are those of the pods that use it", async () => {
  const { ask, ref, create, call } = await setUp();
  const spec = { tokenRequests: [{ audience: 'driver' }] };
  await create('/apis/storage.k8s.io/v1/csidrivers', { metadata: { name: 'csi.example' }, spec });
  const csi = { driver: 'csi.example', volumeHandle: 'h' };
  await create('/api/v1/persistentvolumes', {
    metadata: { name: 'pv' },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      csi,
      claimRef: { namespace: 'default', name: 'data' },
    },
  });
  await create('/api/v1/namespaces/default/persistentvolumeclaims', {
    metadata: { name: 'data' },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1Gi' } },
      volumeName: 'pv',
      storageClassName: '',
    },
  });
  const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }];
  const { metadata } = await create(PODS, pod('stateful', { spec: { nodeName: 'n1', volumes } }));
  const boundObjectRef = { ...ref, name: 'stateful', uid: metadata.uid };
  expect(await ask({ boundObjectRef, audiences: ['driver'] })).toBe('granted');
  expect((await call('GET /api/v1/namespaces/default/pods/stateful')).status).toBe(200);
});
