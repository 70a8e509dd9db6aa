/** An obstacle is waited for, not asked about over and over: each write is billed. */
import { expect, test } from 'vitest';
import { TestCluster } from './cluster.ts';

const HOUR = 3_600_000;
const labels = { app: 'web' };
const MERGE = 'application/strategic-merge-patch+json';

async function started(): Promise<TestCluster> {
  const cluster = await TestCluster.start();
  const containers = [{ name: 'c', image: 'nginx' }];
  await cluster.must('POST /apis/apps/v1/namespaces/default/deployments', {
    metadata: { name: 'web' },
    spec: { replicas: 6, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
  });
  await cluster.advance(10_000);
  return cluster;
}

/** The number of changes that are committed within an hour. */
async function changesOfAnHour(cluster: TestCluster): Promise<number> {
  const revision = async () => Number((await cluster.must('GET /api/v1/nodes')).metadata.resourceVersion);
  const before = await revision();
  await cluster.advance(HOUR);
  return (await revision()) - before;
}

test.each(['False', 'Unknown'])(
  'a node whose kubelet runs on while Ready is %s',
  async (status) => {
    const cluster = await started();
    await cluster.must(
      'PATCH /api/v1/nodes/sim-0/status',
      { status: { conditions: [{ type: 'Ready', status }] } },
      MERGE,
    );
    await cluster.advance(HOUR);
    expect(await changesOfAnHour(cluster)).toBe(0);
    expect(cluster.reported).toEqual([]);
  },
  60_000,
);
