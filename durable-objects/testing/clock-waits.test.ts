/**
 * What waits for a time, and a clock that jumps by an hour, a day and a month: waits end as soon as they would have, and
 * what stands in objects is compared with the clock, as upstream.
 */
import { expect, test } from 'vitest';
import type { KubeObject } from '../../kube/machinery/object.ts';
import type { Deployment, Job, Node, PodDisruptionBudget } from '../../kube/types.ts';
import { TestCluster } from './cluster.ts';
import { MINUTE, Scaled } from './scaled.ts';

const NS = '/api/v1/namespaces/default';
const APPS = '/apis/apps/v1/namespaces/default';
const BATCH = '/apis/batch/v1/namespaces/default';
const BUDGETS = '/apis/policy/v1/namespaces/default/poddisruptionbudgets';
const MERGE = 'application/merge-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';
const HOUR = 60 * MINUTE;
const BACK = [HOUR, 24 * HOUR, 30 * 24 * HOUR];
const JUMPS = [...BACK, ...BACK.map((by) => -by)];
const containers = [{ name: 'c', image: 'i' }];
const time = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+/, '');

/** The clock is set back, or on where that is negative, and a request comes. */
async function set(cluster: TestCluster, back: number): Promise<void> {
  cluster.setBack(back);
  await cluster.must(`GET ${NS}/configmaps`);
}

test.each(JUMPS)('an autoscaler goes on by its load (%i)', async (back) => {
  const web = await Scaled.start(2);
  await web.load('50m');
  // Upstream, too, does not count the CPU of pods that will have become ready only later.
  await web.cluster.advance(Math.abs(back) + 10 * MINUTE);
  await set(web.cluster, back);
  await web.load('100m');
  await web.cluster.advance(MINUTE);
  expect(await web.replicas()).toBe(4);
  const rows = web.cluster.rowsWritten;
  await web.load('10m');
  await web.cluster.advance(8 * MINUTE);
  expect(await web.replicas()).toBe(1);
  expect(web.cluster.rowsWritten - rows).toBeLessThan(400);
  expect(web.cluster.reported).toEqual([]);
});

test.each(BACK)(
  'a pod that tolerates a taint leaves after its seconds, also once the clock is set back (%i)',
  async (back) => {
    const cluster = await TestCluster.start({ simulatedNodes: 1 });
    const tolerations = [{ key: 'k', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }];
    await cluster.must(`POST ${NS}/pods`, { metadata: { name: 'p' }, spec: { containers, tolerations } });
    const taints = [{ key: 'k', effect: 'NoExecute' }];
    await cluster.must('PATCH /api/v1/nodes/sim-0', { spec: { taints } }, MERGE);
    await cluster.advance(MINUTE);
    await set(cluster, back);
    await cluster.advance(3 * MINUTE);
    expect((await cluster.send(`GET ${NS}/pods/p`)).status).toBe(200);
    // The wait begins anew at most once.
    await cluster.advance(8 * MINUTE);
    expect((await cluster.send(`GET ${NS}/pods/p`)).status).toBe(404);
  },
);

test.each(JUMPS)(
  'a write that was refused is tried again in time, whatever life of the object wakes (%i)',
  async (back) => {
    const cluster = await TestCluster.start();
    await cluster.must(`POST ${NS}/resourcequotas`, { metadata: { name: 'q' }, spec: { hard: { pods: '0' } } });
    const template = { metadata: { labels: { app: 'x' } }, spec: { containers } };
    const spec = { replicas: 1, selector: { matchLabels: { app: 'x' } }, template };
    await cluster.must(`POST ${APPS}/deployments`, { metadata: { name: 'x' }, spec });
    await cluster.advance(10 * MINUTE);
    cluster.setBack(back);
    const rows = cluster.rowsWritten;
    // Lives without a write are no reason to hurry.
    for (let lives = 0; lives < 5; lives++) {
      cluster.evict();
      await cluster.must(`GET ${NS}/configmaps`);
      await cluster.advance(1000);
    }
    expect(cluster.rowsWritten - rows).toBeLessThan(120);
    await cluster.must(`DELETE ${NS}/resourcequotas/q`);
    await cluster.advance(20 * MINUTE);
    expect((await cluster.must<Deployment>(`GET ${APPS}/deployments/x`)).status?.availableReplicas).toBe(1);
  },
);

test.each(JUMPS)('a pod that backs off is tried again (%i)', async (back) => {
  const cluster = await TestCluster.start({ simulatedNodes: 1 });
  const annotate = (cpu: number) => {
    const annotations = { 'islet.dev/simulated-capacity': `cpu=${cpu}` };
    return cluster.must('PATCH /api/v1/nodes/sim-0', { metadata: { annotations } }, MERGE);
  };
  const large = [{ name: 'c', image: 'i', resources: { requests: { cpu: '60' } } }];
  await cluster.must(`POST ${NS}/pods`, { metadata: { name: 'p' }, spec: { containers: large } });
  await cluster.advance(100);
  for (const cpu of [40, 50]) await annotate(cpu);
  await cluster.advance(100);
  await set(cluster, back);
  await annotate(64);
  await cluster.advance(MINUTE);
  expect((await cluster.must(`GET ${NS}/pods/p`)).spec).toMatchObject({ nodeName: 'sim-0' });
});

test.each(JUMPS)('a node that is silent is told from one that is heard (%i)', async (back) => {
  const heard = new Map<string, number>();
  const cluster = await TestCluster.start({ heard, simulatedNodes: 0 });
  heard.set('worker', cluster.now);
  const conditions = [
    { type: 'Ready', status: 'True', lastHeartbeatTime: time(cluster.now), lastTransitionTime: time(cluster.now) },
  ];
  for (const name of ['worker', 'gone']) {
    await cluster.must('POST /api/v1/nodes', { metadata: { name } });
    await cluster.must(`PATCH /api/v1/nodes/${name}/status`, { status: { conditions } }, STRATEGIC);
  }
  cluster.evict();
  await cluster.advance(10_000);
  await set(cluster, back);
  for (let i = 0; i < 9; i++) {
    await cluster.advance(15_000);
    heard.set('worker', cluster.now);
  }
  const ready = (await cluster.list<Node>('/api/v1/nodes')).map(({ metadata, status }) => [
    metadata.name,
    status?.conditions?.find(({ type }) => type === 'Ready')?.status,
  ]);
  expect(Object.fromEntries(ready)).toEqual({ worker: 'True', gone: 'Unknown' });
});

test.each(JUMPS)('a budget waits two minutes by the clock for a pod that was to be evicted (%i)', async (back) => {
  const cluster = await TestCluster.start();
  const labels = { app: 'x' };
  for (const name of ['a', 'b'])
    await cluster.must(`POST ${NS}/pods`, { metadata: { name, labels }, spec: { containers } });
  const spec = { minAvailable: 1, selector: { matchLabels: labels } };
  await cluster.must(`POST ${BUDGETS}`, { metadata: { name: 'p' }, spec });
  await cluster.advance(MINUTE);
  const allowed = async () => (await cluster.must<PodDisruptionBudget>(`GET ${BUDGETS}/p`)).status?.disruptionsAllowed;
  const disruptedPods = { a: time(cluster.now) };
  await cluster.must(`PATCH ${BUDGETS}/p/status`, { status: { disruptedPods } }, MERGE);
  await cluster.advance(1000);
  expect(await allowed()).toBe(0);
  const rows = cluster.rowsWritten;
  await set(cluster, back);
  await cluster.advance(10 * MINUTE);
  expect([await allowed(), cluster.rowsWritten - rows < 60]).toEqual([back > 0 ? 0 : 1, true]);
  if (back > 0) await set(cluster, -back);
  await cluster.advance(MINUTE);
  expect(await allowed()).toBe(1);
});

test.each(JUMPS)('a Job’s deadline and time to live are by the clock (%i)', async (back) => {
  const cluster = await TestCluster.start();
  const template = {
    metadata: { annotations: { 'islet.dev/simulated-exit-after': '100000000' } },
    spec: { containers, restartPolicy: 'Never' },
  };
  const spec = { template, activeDeadlineSeconds: 120, ttlSecondsAfterFinished: 120 };
  await cluster.must(`POST ${BATCH}/jobs`, { metadata: { name: 'j' }, spec });
  await cluster.advance(MINUTE);
  const rows = cluster.rowsWritten;
  await set(cluster, back);
  await cluster.advance(MINUTE);
  const { status } = await cluster.must<Job>(`GET ${BATCH}/jobs/j`);
  const failed = status?.conditions?.find(({ type }) => type === 'Failed')?.reason;
  expect([status?.active, failed]).toEqual(back > 0 ? [1, undefined] : [undefined, 'DeadlineExceeded']);
  await cluster.advance(10 * MINUTE);
  expect((await cluster.send(`GET ${BATCH}/jobs/j`)).status).toBe(back > 0 ? 200 : 404);
  expect(cluster.rowsWritten - rows).toBeLessThan(100);
  if (back > 0) await set(cluster, -back);
  await cluster.advance(5 * MINUTE);
  expect((await cluster.send(`GET ${BATCH}/jobs/j`)).status).toBe(404);
});

test.each(BACK)(
  'a pod whose volume does not come is tried anew in time, also once the clock is set back (%i)',
  async (back) => {
    const cluster = await TestCluster.start({ simulatedNodes: 1 });
    const lazy = {
      metadata: { name: 'lazy' },
      provisioner: 'example.com/none',
      volumeBindingMode: 'WaitForFirstConsumer',
    };
    await cluster.must('POST /apis/storage.k8s.io/v1/storageclasses', lazy);
    const claim = {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1Gi' } },
      storageClassName: 'lazy',
    };
    await cluster.must(`POST ${NS}/persistentvolumeclaims`, { metadata: { name: 'c' }, spec: claim });
    const volumes = [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }];
    await cluster.must(`POST ${NS}/pods`, { metadata: { name: 'p' }, spec: { containers, volumes } });
    await cluster.advance(MINUTE);
    await set(cluster, back);
    // The wait begins anew at most once.
    await cluster.advance(22 * MINUTE);
    const events = await cluster.list<KubeObject & { reason?: string }>(`${NS}/events`);
    expect(events.map(({ reason }) => reason)).toContain('FailedScheduling');
  },
);
