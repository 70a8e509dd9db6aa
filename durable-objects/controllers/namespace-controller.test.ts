import { expect, test } from 'vitest';
import type { ConfigMap, Namespace } from '../../kube/types.ts';
import { namespaceController } from './namespace-controller.ts';
import { rootCACertPublisher } from './root-ca-cert-publisher.ts';
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

function start(): Harness {
  return new Harness([namespaceController, serviceAccountController, rootCACertPublisher('PEM')]);
}

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
  await harness.settle();
  expect(gone[0]).toBe('pods/shop/p');
  expect(gone.at(-1)).toBe('namespaces//shop');
  expect([...api.current.keys()]).toEqual([]);
});

test('the content that holds a namespace up is named in its conditions, and nothing is polled meanwhile', async () => {
  const harness = start();
  const { api } = harness;
  await api.apply('namespaces', namespace('shop'));
  await api.apply('configmaps', object('ConfigMap', 'held', { finalizers: ['example.com/hold'] }));
  await harness.settle();
  await api.remove('namespaces', '', 'shop');
  await harness.settle();
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
});
