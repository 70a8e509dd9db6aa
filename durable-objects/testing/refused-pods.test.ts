import { expect, test } from 'vitest';
import type { Pod } from '../../kube/types.ts';
import { TestCluster } from './cluster.ts';

const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const PODS = '/api/v1/namespaces/default/pods';

/** Pods of 20 CPUs on one node of 32. */
function crowd(replicas: number): unknown {
  const labels = { app: 'crowd' };
  const containers = [{ name: 'c', image: 'i', resources: { requests: { cpu: '20' } } }];
  const template = { metadata: { labels }, spec: { nodeName: 'sim-0', containers } };
  const spec = { replicas, selector: { matchLabels: labels }, template };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'crowd' }, spec };
}

test('pods that their node refuses are replaced, ever more slowly, until they fit', async () => {
  const cluster = await TestCluster.start({ simulatedNodes: 1 });
  const count = async () => {
    const phases = (await cluster.list<Pod>(PODS)).map(({ status }) =>
      `${status?.phase} ${status?.reason ?? ''}`.trim(),
    );
    return Object.fromEntries([...new Set(phases)].map((phase) => [phase, phases.filter((p) => p === phase).length]));
  };
  await cluster.must(`POST ${DEPLOYMENTS}`, crowd(2));
  await cluster.settle();
  // Two may fail at once, and the one that comes next waits for its second.
  expect(await count()).toEqual({ Running: 1, 'Failed OutOfcpu': 3 });
  await cluster.advance(10_000);
  expect(await count()).toEqual({ Running: 1, 'Failed OutOfcpu': 6 });
  await cluster.advance(3_600_000);
  expect((await count())['Failed OutOfcpu']).toBeLessThan(18);
  cluster.evict();
  await cluster.advance(3_600_000);
  expect((await count())['Failed OutOfcpu']).toBeLessThan(22);

  const annotations = { 'islet.dev/simulated-capacity': 'cpu=64' };
  await cluster.must('PATCH /api/v1/nodes/sim-0', { metadata: { annotations } }, 'application/merge-patch+json');
  await cluster.advance(15 * 60_000);
  expect((await count()).Running).toBe(2);
  expect(cluster.reported).toEqual([]);
});
