/** A Deployment under a load that changes, and its autoscaler. */
import { expect, test } from 'vitest';
import type { Pod } from '../../kube/types.ts';
import { TestCluster } from './cluster.ts';
import { HPAS, MERGE, MINUTE, NAMESPACE, Scaled } from './scaled.ts';

test('replicas follow a load up at once and down after five minutes, and then nothing wakes the cluster', async () => {
  const web = await Scaled.start(2);
  const { cluster } = web;
  await web.load('50m');
  expect(await web.replicas()).toBe(2);
  await cluster.advance(MINUTE);
  expect(await web.status()).toMatchObject({
    currentReplicas: 2,
    desiredReplicas: 2,
    currentMetrics: [
      { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 50, averageValue: '50m' } } },
    ],
  });
  expect(await web.conditions()).toEqual([
    'AbleToScale=True ReadyForNewScale',
    'ScalingActive=True ValidMetricFound',
    'ScalingLimited=False DesiredWithinRange',
  ]);
  await cluster.advance(10 * MINUTE);
  expect(cluster.alarm === undefined || cluster.alarm > cluster.now + MINUTE).toBe(true);

  await web.load('100m');
  expect(await web.replicas()).toBe(4);
  expect((await web.events()).at(-1)).toBe(
    'SuccessfulRescale: New size: 4; reason: cpu resource utilization (percentage of request) above target',
  );
  await cluster.advance(MINUTE);
  // New pods idle, so the load that is left is that of two.
  expect(await web.replicas()).toBe(4);
  await web.load('10m');
  await cluster.advance(4 * MINUTE);
  expect(await web.replicas()).toBe(4);
  expect(await web.conditions()).toContain('AbleToScale=True ScaleDownStabilized');
  await cluster.advance(2 * MINUTE);
  expect(await web.replicas()).toBe(1);
  await cluster.advance(10 * MINUTE);
  expect(cluster.alarm === undefined || cluster.alarm > cluster.now + MINUTE).toBe(true);
  expect(cluster.reported).toEqual([]);
}, 60_000);

test('a behaviour limits how fast it grows and shrinks', async () => {
  const web = await Scaled.start(2, {
    minReplicas: 2,
    behavior: {
      scaleUp: { policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] },
      scaleDown: { stabilizationWindowSeconds: 0, policies: [{ type: 'Percent', value: 25, periodSeconds: 60 }] },
    },
  });
  await web.load('500m');
  expect(await web.replicas()).toBe(3);
  expect(await web.conditions()).toContain('ScalingLimited=True ScaleUpLimit');
  await web.cluster.advance(45_000);
  expect(await web.replicas()).toBe(3);
  await web.cluster.advance(30_000);
  expect(await web.replicas()).toBe(4);
  await web.load('0');
  await web.cluster.advance(16_000);
  // A quarter of the three that there were a minute ago may go.
  expect(await web.replicas()).toBe(2);
}, 60_000);

test('it keeps to its bounds, and to the memory of them through evictions', async () => {
  const web = await Scaled.start(1, { minReplicas: 3, maxReplicas: 5 });
  expect(await web.replicas()).toBe(3);
  expect((await web.events())[0]).toBe(
    'SuccessfulRescale: New size: 3; reason: Current number of replicas below Spec.MinReplicas',
  );
  await web.cluster.advance(6 * MINUTE);
  await web.load('900m');
  await web.cluster.advance(16_000);
  expect(await web.replicas()).toBe(5);
  await web.cluster.advance(MINUTE);
  await web.load('0');
  for (let minutes = 0; minutes < 4; minutes++) {
    web.cluster.evict();
    await web.cluster.advance(MINUTE);
  }
  expect(await web.replicas()).toBe(5);
  await web.cluster.advance(2 * MINUTE);
  expect(await web.replicas()).toBe(3);
}, 60_000);

test('what cannot be measured or found is told, and nothing is scaled', async () => {
  const web = await Scaled.start(2, {}, 'requests');
  expect(await web.conditions()).toEqual([
    'AbleToScale=True SucceededGetScale',
    'ScalingActive=False FailedGetResourceMetric',
  ]);
  const [{ metadata } = { metadata: { name: '' } }] = await web.cluster.list<Pod>(`/api/v1/${NAMESPACE}/pods`);
  const problem = `failed to get cpu utilization: missing request for cpu in container c of Pod ${metadata.name}`;
  expect(await web.events()).toEqual([
    `FailedGetResourceMetric: ${problem}`,
    `FailedComputeMetricsReplicas: invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: ${problem}`,
  ]);
  await web.cluster.must(
    `PATCH ${HPAS}/web`,
    { spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'none' } } },
    MERGE,
  );
  await web.cluster.advance(20_000);
  expect(await web.conditions()).toContain('AbleToScale=False FailedGetScale');
  expect((await web.events()).at(-1)).toBe('FailedGetScale: deployments.apps "none" not found');
  await web.cluster.must(
    `PATCH ${HPAS}/web`,
    {
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        metrics: [
          { type: 'External', external: { metric: { name: 'depth' }, target: { type: 'Value', value: '3' } } },
          { type: 'Pods', pods: { metric: { name: 'hits' }, target: { type: 'AverageValue', averageValue: '3' } } },
        ],
      },
    },
    MERGE,
  );
  await web.cluster.advance(20_000);
  expect((await web.events()).slice(-3)).toEqual([
    'FailedGetExternalMetric: unable to get external metric default/depth/nil: unable to fetch metrics from external metrics API: the server could not find the requested resource (get depth.external.metrics.k8s.io)',
    'FailedGetPodsMetric: unable to get metric hits: unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered',
    expect.stringContaining('FailedComputeMetricsReplicas: invalid metrics (2 invalid out of 2)'),
  ]);
}, 60_000);

test('of two autoscalers of one target neither acts', async () => {
  const web = await Scaled.start(2);
  await web.load('50m');
  await web.cluster.must(`POST ${HPAS}`, {
    metadata: { name: 'other' },
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, maxReplicas: 10 },
  });
  await web.load('500m');
  await web.cluster.advance(20_000);
  expect(await web.replicas()).toBe(2);
  expect(await web.events()).toContain(
    'AmbiguousSelector: pods by selector app=web are controlled by multiple HPAs: [{other default} {web default}]',
  );
}, 60_000);

test('pods that own one another hold nothing up', async () => {
  const cluster = await TestCluster.start();
  const pods = `/api/v1/${NAMESPACE}/pods`;
  const made = async (name: string) =>
    cluster.must<Pod>(`POST ${pods}`, { metadata: { name }, spec: { containers: [{ name: 'c', image: 'i' }] } });
  const [a, b] = [await made('a'), await made('b')];
  const own = (pod: Pod, owner: Pod) => {
    const { name, uid } = owner.metadata;
    const ownerReferences = [{ apiVersion: 'v1', kind: 'Pod', name, uid, controller: true }];
    return cluster.must(`PATCH ${pods}/${pod.metadata.name}`, { metadata: { ownerReferences } }, MERGE);
  };
  await own(a, b);
  await own(b, a);
  await cluster.advance(5000);
  expect((await cluster.must<Pod>(`GET ${pods}/a`)).status?.phase).toBe('Running');
});

test('a pod that is resized in place is measured by what it asks for now', async () => {
  const web = await Scaled.start(1, { maxReplicas: 1 });
  await web.load('50m');
  await web.cluster.advance(10 * MINUTE);
  expect(await web.status()).toMatchObject({ currentMetrics: [{ resource: { current: { averageUtilization: 50 } } }] });
  const [pod] = await web.cluster.list<Pod>(`/api/v1/${NAMESPACE}/pods`);
  const containers = [{ name: 'c', resources: { requests: { cpu: '200m' } } }];
  await web.cluster.must(
    `PATCH /api/v1/${NAMESPACE}/pods/${pod?.metadata.name}/resize`,
    { spec: { containers } },
    'application/strategic-merge-patch+json',
  );
  await web.cluster.advance(MINUTE);
  expect(await web.status()).toMatchObject({ currentMetrics: [{ resource: { current: { averageUtilization: 25 } } }] });
}, 60_000);

test('a pod of no controller that the selector finds counts, and so does its load', async () => {
  const web = await Scaled.start(1, { maxReplicas: 1 });
  await web.load('50m');
  await web.cluster.must(`POST /api/v1/${NAMESPACE}/pods`, {
    metadata: { name: 'bare', labels: { app: 'web' }, annotations: { 'islet.dev/simulated-cpu': '50m' } },
    spec: { containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu: '100m' } } }] },
  });
  await web.cluster.advance(10 * MINUTE);
  const status = (averageValue: string) => ({ currentMetrics: [{ resource: { current: { averageValue } } }] });
  expect(await web.status()).toMatchObject(status('50m'));
  await web.cluster.must(
    `PATCH /api/v1/${NAMESPACE}/pods/bare`,
    { metadata: { annotations: { 'islet.dev/simulated-cpu': '90m' } } },
    MERGE,
  );
  await web.cluster.advance(MINUTE);
  expect(await web.status()).toMatchObject(status('70m'));
  await web.cluster.must(`PATCH /api/v1/${NAMESPACE}/pods/bare`, { metadata: { labels: { app: 'other' } } }, MERGE);
  await web.cluster.advance(MINUTE);
  expect(await web.status()).toMatchObject(status('50m'));
}, 60_000);
