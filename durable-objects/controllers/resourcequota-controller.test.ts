import { expect, test } from 'vitest';
import type { Pod, ResourceQuota } from '../../kube/types.ts';
import { TestCluster } from '../testing/cluster.ts';
import { resourceQuotaController } from './resourcequota-controller.ts';
import { planFor } from './runtime/testing/plan-for.ts';

const NOW = Date.parse('2026-01-01T00:01:00Z');
const KEY = 'resourcequotas/default/q';

const quota = (hard: object) => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'q', namespace: 'default' },
  status: { hard },
});
const pod = (name: string, deletion?: { deletionTimestamp: string; deletionGracePeriodSeconds?: number }) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', ...deletion },
});

test('a quota is counted anew, and again when the next pod that stays on has used up its time', () => {
  const counted = (source: object[]) => planFor(resourceQuotaController, KEY, source, NOW);
  const pods = [
    pod('runs'),
    pod('ends', { deletionTimestamp: '2026-01-01T00:01:40Z', deletionGracePeriodSeconds: 30 }),
    pod('ends-first', { deletionTimestamp: '2026-01-01T00:01:10Z', deletionGracePeriodSeconds: 5 }),
    pod('counted', { deletionTimestamp: '2026-01-01T00:00:10Z', deletionGracePeriodSeconds: 5 }),
    pod('without-a-time', { deletionTimestamp: '2026-01-01T00:01:05Z' }),
  ];
  const plan = counted([quota({ pods: '3' }), ...pods]);
  expect(plan.actions).toMatchObject([{ do: 'update-status', resource: 'resourcequotas', object: quota({}) }]);
  expect(plan.requeueAfter).toBe(16_000);
  expect(counted([quota({ configmaps: '3' }), ...pods])).not.toHaveProperty('requeueAfter');
  expect(counted([quota({ pods: '3' }), ...pods.slice(3)])).not.toHaveProperty('requeueAfter');
  expect(counted(pods)).toEqual({ actions: [] });
});

test('pods of a lost node stop counting one after the other, each when its time is over, whatever the object lives through', async () => {
  const cluster = await TestCluster.start();
  const ns = '/api/v1/namespaces/default';
  await cluster.must('POST /api/v1/nodes', { metadata: { name: 'lost' } });
  await cluster.must(`POST ${ns}/resourcequotas`, { metadata: { name: 'q' }, spec: { hard: { pods: '9' } } });
  for (const name of ['a', 'b', 'c']) {
    const spec = { nodeName: 'lost', containers: [{ name: 'c', image: 'x' }], tolerations: [{ operator: 'Exists' }] };
    await cluster.must<Pod>(`POST ${ns}/pods`, { metadata: { name }, spec });
  }
  const used = async () => (await cluster.must<ResourceQuota>(`GET ${ns}/resourcequotas/q`)).status?.used?.pods;
  await cluster.must(`DELETE ${ns}/pods/a?gracePeriodSeconds=20`);
  await cluster.must(`DELETE ${ns}/pods/b?gracePeriodSeconds=60`);
  await cluster.settle();
  expect(await used()).toBe('3');
  await cluster.advance(45_000);
  expect(await used()).toBe('2');
  cluster.evict();
  await cluster.advance(80_000);
  expect(await used()).toBe('1');
  expect(cluster.reported).toEqual([]);
});
