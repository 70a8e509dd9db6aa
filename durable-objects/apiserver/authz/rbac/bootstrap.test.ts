import { expect, test } from 'vitest';
import { KindRegistry } from '../../../../kube/kinds/registry.ts';
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { AGGREGATOR } from '../../../../kube/rbac/policy/index.ts';
import { GROUP_BINDINGS, ISLET } from '../../../../kube/rbac/policy/islet.ts';
import type { PolicyRule } from '../../../../kube/types.ts';
import { FORWARDS_PATH } from '../../../../wire/forwards.ts';
import { HISTORY_PATH, REWIND_PATH } from '../../../../wire/history.ts';
import { CLUSTER_ADMINS, JOIN_PATH, RENEW_PATH } from '../../../../wire/identity.ts';
import { groupOf, ROLES } from '../../../../wire/sharing.ts';
import { SOCKET_PATH } from '../../../../wire/socket.ts';
import { USAGE_HOUR_PATH } from '../../../../wire/usage.ts';
import { START, testApi } from '../../testing/harness.ts';
import { bootstrapRbac } from './bootstrap.ts';

const PATH = '/apis/rbac.authorization.k8s.io/v1';
const RESOURCES = ['clusterroles', 'clusterrolebindings', 'roles', 'rolebindings'];
const AUTOUPDATE = 'rbac.authorization.kubernetes.io/autoupdate';

type Policy = KubeObject & { rules?: PolicyRule[]; subjects?: object[] };

async function setUp() {
  const testing = await testApi();
  const { store, api, call } = testing;
  let uids = 0;
  const again = () => bootstrapRbac({ store, kinds: new KindRegistry(), api, uuid: () => `again-${++uids}` }, START);
  const get = async (path: string) => (await call<Policy>(`GET ${PATH}/${path}`)).body;
  const patch = async (path: string, body: object) => {
    const headers = { 'content-type': 'application/merge-patch+json' };
    expect((await call(`PATCH ${PATH}/${path}`, { headers, body })).status).toBe(200);
  };
  return { ...testing, again, get, patch };
}

test('a cluster has its roles and bindings, written as the API server writes them, and none twice', async () => {
  const { again, get, store } = await setUp();
  const admin = await get('clusterroles/cluster-admin');
  expect(admin).toEqual({
    kind: 'ClusterRole',
    apiVersion: 'rbac.authorization.k8s.io/v1',
    metadata: {
      name: 'cluster-admin',
      uid: expect.stringMatching(/^0{8}-/),
      resourceVersion: expect.stringMatching(/^\d+$/),
      creationTimestamp: '2026-01-02T03:04:05Z',
      labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' },
      annotations: { [AUTOUPDATE]: 'true' },
      managedFields: [expect.objectContaining({ manager: 'kube-apiserver', time: '2026-01-02T03:04:05Z' })],
    },
    rules: [
      { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
      { verbs: ['*'], nonResourceURLs: ['*'] },
    ],
  });
  const { revision } = store;
  expect(store.at(Number(admin.metadata.resourceVersion))?.text).toBe(JSON.stringify(admin));
  await again();
  expect(store.revision).toBe(revision);
});

test('bootstrap roles and bindings that miss something get it back, keep additions, and stay as they are without autoupdate', async () => {
  const { again, get, patch, call } = await setUp();
  await patch('clusterroles/system:basic-user', {
    rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }],
    metadata: { labels: { 'kubernetes.io/bootstrapping': null, mine: 'yes' } },
  });
  await patch('clusterroles/system:monitoring', { rules: [], metadata: { annotations: { [AUTOUPDATE]: 'false' } } });
  await patch('clusterrolebindings/system:discovery', { subjects: [{ kind: 'User', name: 'jane' }] });
  await call(`DELETE ${PATH}/clusterroles/system:discovery`);
  await call(`DELETE ${PATH}/namespaces/kube-system/rolebindings/system:controller:token-cleaner`);
  await again();
  const user = await get('clusterroles/system:basic-user');
  expect(user.rules).toContainEqual({ verbs: ['get'], apiGroups: [''], resources: ['pods'] });
  expect(user.rules).toContainEqual({
    verbs: ['create'],
    apiGroups: ['authentication.k8s.io'],
    resources: ['selfsubjectreviews'],
  });
  expect(user.metadata.labels).toEqual({ 'kubernetes.io/bootstrapping': 'rbac-defaults', mine: 'yes' });
  expect((await get('clusterroles/system:monitoring')).rules).toBeNull();
  expect((await get('clusterrolebindings/system:discovery')).subjects).toHaveLength(2);
  expect((await get('clusterroles/system:discovery')).metadata.uid).toMatch(/^again/);
  expect((await get('namespaces/kube-system/rolebindings/system:controller:token-cleaner')).kind).toBe('RoleBinding');
});

test('a binding to another role is made anew', async () => {
  const { again, get, call } = await setUp();
  const path = `${PATH}/clusterrolebindings`;
  await call(`DELETE ${path}/system:kube-dns`);
  const roleRef = { kind: 'ClusterRole', name: 'view' };
  await call(`POST ${path}`, { body: { metadata: { name: 'system:kube-dns' }, roleRef } });
  await again();
  expect(await get('clusterrolebindings/system:kube-dns')).toMatchObject({ roleRef: { name: 'system:kube-dns' } });
});

test('roles of a namespace that is gone are not made there', async () => {
  const { again, store, call } = await setUp();
  const key = 'roles.rbac.authorization.k8s.io/kube-public/system:controller:bootstrap-signer';
  await call(`DELETE ${PATH}/namespaces/kube-public/roles/system:controller:bootstrap-signer`);
  const cause = { kind: 'system' as const, at: START, why: 'test' };
  const stored = store.get('namespaces//kube-public');
  await store.commit({
    key: 'namespaces//kube-public',
    expect: 'present',
    apply: () => ({ delete: stored?.text ?? '' }),
    cause,
  });
  await again();
  expect(store.get(key)).toBeUndefined();
});

test("Islet's own roles name the paths and the group that other programs use", () => {
  const paths = Object.values(ISLET).flatMap(({ rules = [] }) => rules.flatMap((rule) => rule.nonResourceURLs ?? []));
  const told = ['/islet/v1/stats', '/islet/v1/trace', '/islet/v1/why'];
  const past = [HISTORY_PATH, `${HISTORY_PATH}/*`, REWIND_PATH];
  expect(paths).toEqual([JOIN_PATH, RENEW_PATH, ...told, ...past, FORWARDS_PATH, USAGE_HOUR_PATH, SOCKET_PATH]);
  expect(Object.keys(GROUP_BINDINGS)).toEqual([CLUSTER_ADMINS, ...ROLES.map(groupOf).reverse()]);
});

test.each(['view', 'edit', 'admin'])('the role %s reads metrics', async (role) => {
  const { get } = await setUp();
  const reads = { verbs: ['get', 'list', 'watch'], apiGroups: ['metrics.k8s.io'], resources: ['nodes', 'pods'] };
  expect((await get(`clusterroles/${role}`)).rules).toContainEqual(reads);
});

/** RBAC_PEER: the address of a kube-apiserver 1.36 that has just begun; its administrator's token is `admintoken`. */
const { RBAC_PEER = '' } = process.env;

test.skipIf(RBAC_PEER === '')('all roles and bindings are those of a real kube-apiserver', async () => {
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
  const { call } = await setUp();
  for (const resource of RESOURCES) {
    const path = `${PATH}/${resource}?labelSelector=kubernetes.io%2Fbootstrapping%3Drbac-defaults`;
    const asked = await fetch(RBAC_PEER + path, { headers: { authorization: 'Bearer admintoken' } });
    const theirs = ((await asked.json()) as { items: KubeObject[] }).items.map(withoutServerFields);
    const ours = (await call<{ items: KubeObject[] }>(`GET ${path}`)).body.items.map(withoutServerFields);
    expect(ours.filter(({ metadata }) => !metadata.name?.startsWith('islet:'))).toEqual(theirs);
  }
});

/** Rules that a controller gathers count no more than its entry: the other server may be without that controller. */
function withoutServerFields({ metadata, kind: _, apiVersion: __, ...rest }: KubeObject) {
  const { uid: _uid, resourceVersion: _revision, creationTimestamp: _time, managedFields = [], ...kept } = metadata;
  const entries = managedFields.filter(({ manager }) => manager !== AGGREGATOR).map(({ time: _at, ...entry }) => entry);
  const { rules, ...others } = rest as { rules?: unknown; aggregationRule?: unknown };
  return {
    ...others,
    ...('aggregationRule' in others ? {} : { rules }),
    metadata: { ...kept, managedFields: entries },
  };
}
