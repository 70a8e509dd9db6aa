import { expect, test } from 'vitest';
import type { RemoteVersion } from '../../kube/machinery/discovery/remote.ts';
import type { APIService, ConfigMap, Namespace } from '../../kube/types.ts';
import { namespaceEffects } from './namespace/effects.ts';
import { namespaceController } from './namespace-controller.ts';
import { rootCACertPublisher } from './root-ca-cert-publisher.ts';
import type { RequestPort } from './runtime/ports.ts';
import { Harness } from './runtime/testing/harness.ts';
import { serviceAccountController } from './serviceaccount-controller.ts';

const namespace = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name },
  spec: { finalizers: ['kubernetes'] },
  status: { phase: 'Active' },
});
const object = (kind: string, name: string, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'shop', ...metadata },
});

/** `True Reason: message` by type. */
function reasons(namespace?: Namespace): Record<string, string> {
  const conditions = namespace?.status?.conditions ?? [];
  return Object.fromEntries(
    conditions.map(({ type, status, reason, message }) => [type, `${status} ${reason}: ${message}`]),
  );
}

/** `remote` answers for the APIServices, whose things have the verbs. */
function start(
  remote: RequestPort['request'] = async () => ({ ok: true, object: { items: [] } }),
  verbs = ['delete', 'deletecollection', 'list'],
): Harness {
  const resources = [{ resource: 'things', scope: 'Namespaced', verbs }];
  const versions = (): RemoteVersion[] =>
    [...harness.api.current.values()]
      .filter(({ key }) => key.startsWith('apiservices.'))
      .map(({ text }) => {
        const { spec, status } = JSON.parse(text) as APIService;
        const isCurrent = status?.conditions?.[0]?.status === 'True';
        const { group = '', version = '' } = spec ?? {};
        return { group, version, groupPriority: 1, versionPriority: 1, isCurrent, resources };
      });
  const effects = namespaceEffects({
    request: { request: remote },
    versions,
    read: { get: (key) => harness.api.get(key) },
    now: () => harness.time.now(),
  });
  const controllers = [namespaceController(versions), serviceAccountController, rootCACertPublisher('PEM')];
  const harness: Harness = new Harness(controllers, effects);
  return harness;
}

const remoteService = (version: string, status: string) => ({
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  metadata: { name: `${version}.example.com` },
  spec: { group: 'example.com', version, service: { namespace: 'default', name: 'api' } },
  status: { conditions: [{ type: 'Available', status }] },
});

test('a namespace gets its service account and root CA, and gets them back', async () => {
  const harness = start();
  const { api } = harness;
  await api.apply('namespaces', namespace('shop'));
  await harness.settle();
  expect(api.read('serviceaccounts', 'shop', 'default')).toBeDefined();
  expect(api.read<ConfigMap>('configmaps', 'shop', 'kube-root-ca.crt')?.data).toEqual({ 'ca.crt': 'PEM' });
  await api.remove('serviceaccounts', 'shop', 'default');
  await api.patch('configmaps', 'shop', 'kube-root-ca.crt', { data: { 'ca.crt': 'forged', more: 'x' } });
  await harness.settle();
  expect(api.read('serviceaccounts', 'shop', 'default')).toBeDefined();
  expect(api.read<ConfigMap>('configmaps', 'shop', 'kube-root-ca.crt')?.data).toEqual({ 'ca.crt': 'PEM' });
});

test('an object that cannot be read holds up no other, whether all is looked at or only recent changes are', async () => {
  const harness = start();
  const { api } = harness;
  await api.apply('namespaces', namespace('shop'));
  await harness.settle();
  for (const build of ['next', 'next']) {
    harness.die();
    await api.apply('configmaps', object('ConfigMap', `garbled-${api.revision}`));
    const entry = api.entries.at(-1);
    if (entry) entry.text = '{"garbled';
    await api.remove('configmaps', 'shop', 'kube-root-ca.crt');
    harness.deploy(build);
    await harness.settle();
    expect(api.read('configmaps', 'shop', 'kube-root-ca.crt')).toBeDefined();
    expect(harness.errors.splice(0).map(String)).toContainEqual(expect.stringContaining('SyntaxError'));
  }
});

test('a deleted namespace is emptied, pods first, and goes', async () => {
  const harness = start();
  const { api } = harness;
  await api.apply('namespaces', namespace('shop'));
  await api.apply('pods', object('Pod', 'p'));
  await api.apply('configmaps', object('ConfigMap', 'c'));
  await harness.settle();
  const gone: string[] = [];
  api.onCommit((changes) => {
    for (const { key, change } of changes) if (change === 'delete') gone.push(key);
  });
  await api.remove('namespaces', '', 'shop');
  await harness.settle(10_000);
  expect(gone[0]).toBe('pods/shop/p');
  expect(gone.at(-1)).toBe('namespaces//shop');
  expect([...api.current.keys()]).toEqual([]);
});

test('a namespace is left as it is for five seconds, evictions or not; then even an empty one gets conditions and goes', async () => {
  const harness = start();
  const { api } = harness;
  harness.time.advance(900);
  await api.apply('namespaces', namespace('shop'));
  await harness.settle();
  const deleted = harness.time.now();
  await api.remove('namespaces', '', 'shop');
  await harness.step();
  harness.die();
  await api.remove('configmaps', 'shop', 'kube-root-ca.crt');
  await api.remove('serviceaccounts', 'shop', 'default');
  const before = api.revision;
  const changes: [string, number][] = [];
  api.onCommit((commit) => {
    for (const { change, object } of commit.map((entry) => ({
      ...entry,
      object: JSON.parse(entry.text) as Namespace,
    }))) {
      changes.push([change, object.status?.conditions?.length ?? 0]);
      expect(harness.time.now() - deleted).toBeGreaterThanOrEqual(5_000);
      expect(harness.time.now() - deleted).toBeLessThan(7_000);
    }
  });
  await harness.settle(10_000);
  expect(api.revision).toBe(before + 2);
  expect(changes).toEqual([
    ['update', 5],
    ['delete', 5],
  ]);
  expect(harness.timers.rows.size).toBe(0);
});

test('while pods are there, nothing else is counted', async () => {
  const harness = start();
  const { api } = harness;
  await api.apply('namespaces', namespace('shop'));
  const finalizers = ['example.com/hold'];
  await api.apply('configmaps', object('ConfigMap', 'held', { finalizers }));
  await api.apply('pods', object('Pod', 'p', { finalizers }));
  await harness.settle();
  await api.remove('namespaces', '', 'shop');
  await harness.settle(10_000);
  const read = () => reasons(api.read<Namespace>('namespaces', '', 'shop'));
  expect(read()).toMatchObject({
    NamespaceDeletionContentFailure:
      'False ContentDeleted: All content successfully deleted, may be waiting on finalization',
    NamespaceContentRemaining: 'False ContentRemoved: All content successfully removed',
    NamespaceFinalizersRemaining: 'False ContentHasNoFinalizers: All content-preserving finalizers finished',
  });
  expect(api.read('serviceaccounts', 'shop', 'default')).toBeDefined();
  await api.patch('pods', 'shop', 'p', { metadata: { finalizers: null } });
  await harness.settle();
  expect(read().NamespaceContentRemaining).toContain('Some resources are remaining: configmaps. has 1');
  expect(api.read('serviceaccounts', 'shop', 'default')).toBeUndefined();
});

test('a namespace is emptied, but kept while another API server cannot be asked, and goes once it can', async () => {
  const harness = start();
  const { api } = harness;
  await api.apply('namespaces', namespace('shop'));
  for (const version of ['v1', 'v1alpha1']) {
    await api.apply('apiservices.apiregistration.k8s.io', remoteService(version, version === 'v1' ? 'True' : 'False'));
  }
  await harness.settle();
  await api.remove('namespaces', '', 'shop');
  await harness.settle(10_000);
  expect(reasons(api.read<Namespace>('namespaces', '', 'shop')).NamespaceDeletionDiscoveryFailure).toBe(
    'True DiscoveryFailed: Discovery failed for some groups, 1 failing: unable to retrieve the complete list of server ' +
      'APIs: example.com/v1alpha1: stale GroupVersion discovery: example.com/v1alpha1',
  );
  expect([...api.current.keys()].filter((key) => key.includes('/shop/'))).toEqual([]);
  const status = { conditions: [{ type: 'Available', status: 'True' }] };
  await api.patch('apiservices.apiregistration.k8s.io', '', 'v1alpha1.example.com', { status }, true);
  while (api.read('namespaces', '', 'shop')) expect(await harness.step()).toBe(true);
  await harness.settle(100);
  expect([...harness.timers.rows.keys()].filter((id) => id.startsWith('controllers/'))).toEqual([]);
});

test('a namespace is kept while an aggregated API has something in it, which is asked ever more rarely', async () => {
  let [items, fails] = [[{ metadata: { name: 'a', finalizers: ['example.com/hold'] } }], true];
  let asked = 0;
  const harness = start(async ({ method }) => {
    if (method === 'DELETE') asked++;
    return fails
      ? { ok: false, status: { kind: 'Status', apiVersion: 'v1', reason: 'Forbidden', message: 'not you' } as never }
      : { ok: true, object: { items } };
  });
  const { api } = harness;
  await api.apply('namespaces', namespace('shop'));
  await api.apply('apiservices.apiregistration.k8s.io', remoteService('v1', 'True'));
  await harness.settle();
  await api.remove('namespaces', '', 'shop');
  await harness.settle(8_000);
  const read = () => reasons(api.read<Namespace>('namespaces', '', 'shop'));
  expect(read()).toMatchObject({
    NamespaceDeletionContentFailure:
      'True ContentDeletionFailed: Failed to delete all resource types, 1 remaining: not you',
    NamespaceContentRemaining: 'False ContentRemoved: All content successfully removed',
  });
  fails = false;
  await harness.settle(20_000);
  expect(read()).toMatchObject({
    NamespaceDeletionContentFailure:
      'False ContentDeleted: All content successfully deleted, may be waiting on finalization',
    NamespaceContentRemaining:
      'True SomeResourcesRemain: Some resources are remaining: things.example.com has 1 resource instances',
    NamespaceFinalizersRemaining:
      'True SomeFinalizersRemain: Some content in the namespace has finalizers remaining: ' +
      'example.com/hold in 1 resource instances',
  });
  for (let step = 0; step < 100; step++) await harness.step(harness.time.now() + 3_600_000);
  const before = asked;
  const at = harness.time.now();
  while (asked < before + 3) await harness.step(harness.time.now() + 3_600_000);
  expect(harness.time.now() - at).toBeGreaterThanOrEqual(20 * 60_000);
  harness.die();
  items = [];
  await harness.settle(11 * 60_000);
  expect(api.read('namespaces', '', 'shop')).toBeUndefined();
  expect(harness.timers.rows.size).toBe(0);
});

test('aggregated APIs are not asked while another finalizer alone holds the namespace', async () => {
  let asked = 0;
  const harness = start(async () => {
    asked++;
    return { ok: true, object: { items: [] } };
  });
  const { api } = harness;
  await api.apply('namespaces', { ...namespace('shop'), spec: { finalizers: ['kubernetes', 'example.com/other'] } });
  await api.apply('apiservices.apiregistration.k8s.io', remoteService('v1', 'True'));
  await harness.settle();
  await api.remove('namespaces', '', 'shop');
  await harness.settle(3_600_000);
  expect(api.read<Namespace>('namespaces', '', 'shop')?.spec?.finalizers).toEqual(['example.com/other']);
  // Its collection and its list.
  expect(asked).toBe(2);
  expect(harness.timers.rows.size).toBe(0);
});

test.each([
  ['no aggregated API', false],
  ['one without anything to delete', true],
])('with %s, the content that holds a namespace up is named, and nothing is asked meanwhile', async (_, hasMetrics) => {
  const harness = start(() => Promise.reject(new Error('asked')), ['get', 'list']);
  const { api } = harness;
  if (hasMetrics) await api.apply('apiservices.apiregistration.k8s.io', remoteService('v1', 'True'));
  await api.apply('namespaces', namespace('shop'));
  await api.apply('configmaps', object('ConfigMap', 'held', { finalizers: ['example.com/hold'] }));
  await harness.settle();
  await api.remove('namespaces', '', 'shop');
  await harness.settle(10_000);
  const conditions = api.read<Namespace>('namespaces', '', 'shop')?.status?.conditions;
  expect(
    conditions?.filter(({ status }) => status === 'True').map(({ type, reason, message }) => [type, reason, message]),
  ).toEqual([
    [
      'NamespaceContentRemaining',
      'SomeResourcesRemain',
      'Some resources are remaining: configmaps. has 1 resource instances',
    ],
    [
      'NamespaceFinalizersRemaining',
      'SomeFinalizersRemain',
      'Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
    ],
  ]);
  expect(conditions?.map(({ type }) => type)).toContain('NamespaceDeletionDiscoveryFailure');
  expect(harness.timers.rows.size).toBe(0);
  await api.patch('configmaps', 'shop', 'held', { metadata: { finalizers: null } });
  await harness.settle();
  expect(api.read('namespaces', '', 'shop')).toBeUndefined();
  expect(harness.errors).toEqual([]);
});
