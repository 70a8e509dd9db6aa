/** An autoscaler whose pods run on a real node, whose agent tells of changes. */
import { expect, test } from 'vitest';
import type { HorizontalPodAutoscaler, Pod } from '../../kube/types.ts';
import type { UsageFollow } from '../../wire/usage.ts';
import type { UsagePort } from '../apiserver/on-demand/resource-metrics.ts';
import { TestCluster } from './cluster.ts';
import { HPAS, MINUTE, NAMESPACE } from './scaled.ts';

const KEY = 'horizontalpodautoscalers.autoscaling/default/web';
const labels = { app: 'web' };

class Agent implements UsagePort {
  /** Thousandths of a CPU of each pod. */
  milli = 50;
  isConnected = true;
  asked = 0;
  followed: UsageFollow | undefined;
  uids: string[] = [];
  now = (): number => 0;

  async ask() {
    this.asked++;
    const used = [{ name: 'c', cpu: this.milli * 1_000_000, memory: 1 }];
    const report = {
      at: this.now(),
      window: 15_000,
      node: { cpu: 0, memory: 0 },
      pods: new Map(this.uids.map((uid) => [uid, used])),
    };
    return new Map(this.isConnected ? [['real', report]] : []);
  }

  follow(asked: UsageFollow): boolean {
    if (this.isConnected) this.followed = asked;
    return this.isConnected;
  }
}

/** Two pods that have long been ready on the node `real`. */
async function started() {
  const agent = new Agent();
  const heard = new Map<string, number>();
  const cluster = await TestCluster.start({ simulatedNodes: 0, usage: agent, heard, without: ['scheduler'] });
  agent.now = () => cluster.now;
  heard.set('real', cluster.now);
  const since = new Date(cluster.now).toISOString().replace('.000Z', 'Z');
  await cluster.must('POST /api/v1/nodes', { metadata: { name: 'real' } });
  const conditions = [{ type: 'Ready', status: 'True', lastTransitionTime: since, lastHeartbeatTime: since }];
  const capacity = { cpu: '8', memory: '8Gi', pods: '110' };
  await cluster.must(
    'PATCH /api/v1/nodes/real/status',
    { status: { conditions, capacity, allocatable: capacity } },
    'application/merge-patch+json',
  );
  const containers = [{ name: 'c', image: 'nginx', resources: { requests: { cpu: '100m' } } }];
  await cluster.must(`POST /apis/apps/v1/${NAMESPACE}/replicasets`, {
    metadata: { name: 'web' },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { nodeName: 'real', containers } },
    },
  });
  await cluster.settle();
  const pods = await cluster.list<Pod>(`/api/v1/${NAMESPACE}/pods`);
  agent.uids = pods.map(({ metadata }) => metadata.uid ?? '');
  for (const { metadata } of pods) {
    const status = {
      phase: 'Running',
      startTime: since,
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: since }],
    };
    await cluster.must(
      `PATCH /api/v1/${NAMESPACE}/pods/${metadata.name}/status`,
      { status },
      'application/merge-patch+json',
    );
  }
  const target = { type: 'Utilization', averageUtilization: 50 };
  await cluster.must(`POST ${HPAS}`, {
    metadata: { name: 'web' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web' },
      maxReplicas: 10,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }],
    },
  });
  heard.set('real', cluster.now + 24 * 60 * MINUTE);
  await cluster.advance(10 * MINUTE);
  return { cluster, agent };
}

const replicas = async (cluster: TestCluster): Promise<number | undefined> =>
  (await cluster.must<{ spec: { replicas?: number } }>(`GET /apis/apps/v1/${NAMESPACE}/replicasets/web/scale`)).spec
    .replicas;

test('nothing is asked while the agent tells of no change, and a change is acted on, over evictions', async () => {
  const { cluster, agent } = await started();
  expect(agent.followed).toMatchObject({ key: KEY, resources: ['cpu'] });
  expect(agent.followed?.nodes.real?.toSorted()).toEqual(agent.uids.toSorted());
  const { asked } = agent;
  await cluster.advance(60 * MINUTE);
  expect([agent.asked - asked, await replicas(cluster)]).toEqual([0, 2]);

  agent.milli = 52;
  cluster.news.lookAt(KEY);
  await cluster.advance(5000);
  cluster.news.lookAt(KEY);
  await cluster.advance(MINUTE);
  // Once, although several nodes may tell, and the status that it writes changes the autoscaler, too.
  expect(agent.asked - asked).toBe(1);
  const { status } = await cluster.must<HorizontalPodAutoscaler>(`GET ${HPAS}/web`);
  expect(status?.currentMetrics?.[0]?.resource?.current).toMatchObject({ averageValue: '52m' });

  cluster.evict();
  agent.milli = 100;
  agent.followed = undefined;
  expect(cluster.news.lookAt(KEY)).toBe(true);
  await cluster.advance(2000);
  expect(await replicas(cluster)).toBe(4);
  // The next look, after the rescale, follows anew.
  await cluster.advance(MINUTE);
  expect(agent.followed).toMatchObject({ key: KEY });
  const others = [
    'horizontalpodautoscalers.autoscaling/default/gone',
    'horizontalpodautoscalers.autoscaling/x',
    'x',
    '',
  ];
  expect(others.filter((key) => cluster.news.lookAt(key))).toEqual([]);
  expect(cluster.reported).toEqual([]);
}, 60_000);

test('an agent that comes back is followed anew, and one that is away is asked each quarter of a minute', async () => {
  const { cluster, agent } = await started();
  agent.followed = undefined;
  cluster.news.connected('real');
  await cluster.advance(2000);
  expect(agent.followed).toMatchObject({ key: KEY });

  agent.isConnected = false;
  await cluster.advance(MINUTE);
  cluster.news.connected('real');
  const { asked } = agent;
  await cluster.advance(5 * MINUTE);
  expect(agent.asked - asked).toBeGreaterThanOrEqual(19);
  agent.isConnected = true;
  await cluster.advance(MINUTE);
  const after = agent.asked;
  await cluster.advance(10 * MINUTE);
  expect(agent.asked - after).toBe(0);
}, 60_000);
