import { expect, test } from 'vitest';
import type { Pod } from '../../../kube/types.ts';
import { testApi } from '../testing/harness.ts';
import { node, PODS, pod } from '../testing/objects.ts';

const ZONE = 'topology.kubernetes.io/zone';
const REGION = 'topology.kubernetes.io/region';

test('a pod carries the zone and region of its node, however it came there', async () => {
  const { create, call } = await testApi();
  await create('/api/v1/nodes', node('n1', { [ZONE]: 'a', [REGION]: 'r', 'topology.kubernetes.io/rack': '1' }));
  await create('/api/v1/nodes', node('plain'));
  const labels = { app: 'web' };
  const made = await create<Pod>(
    PODS,
    pod('made', { spec: { nodeName: 'n1' }, labels: { ...labels, [ZONE]: 'mine' } }),
  );
  expect(made.metadata.labels).toEqual({ ...labels, [ZONE]: 'a', [REGION]: 'r' });
  for (const [name, target] of [
    ['bound', 'n1'],
    ['plain', 'plain'],
    ['nowhere', 'gone'],
  ] as const) {
    await create(PODS, pod(name, { labels }));
    const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name }, target: { kind: 'Node', name: target } };
    expect((await call(`POST ${PODS}/${name}/binding`, { body: binding })).status).toBe(201);
    const { metadata } = (await call<Pod>(`GET ${PODS}/${name}`)).body;
    expect(metadata.labels).toEqual(target === 'n1' ? { ...labels, [ZONE]: 'a', [REGION]: 'r' } : labels);
  }
});
