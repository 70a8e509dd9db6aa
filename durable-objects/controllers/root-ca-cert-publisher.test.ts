import { expect, test } from 'vitest';
import type { ConfigMap } from '../../kube/types.ts';
import { rootCACertPublisher } from './root-ca-cert-publisher.ts';
import { Harness } from './runtime/testing/harness.ts';

test('the description of a root CA may be put into other words; one that is missing or empty comes back', async () => {
  const harness = new Harness([rootCACertPublisher('PEM')]);
  const { api } = harness;
  await api.apply('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
  await harness.settle();
  const described = async (text: string | null) => {
    const annotations = { 'kubernetes.io/description': text };
    await api.patch('configmaps', 'shop', 'kube-root-ca.crt', { metadata: { annotations } });
    await harness.settle();
    const { metadata } = api.read<ConfigMap>('configmaps', 'shop', 'kube-root-ca.crt') ?? {};
    return metadata?.annotations?.['kubernetes.io/description'];
  };
  expect(await described('our own words')).toBe('our own words');
  expect(await described('')).toMatch(/^Contains a CA bundle/);
  expect(await described(null)).toMatch(/^Contains a CA bundle/);
});
