import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Deployment, IPAddress, Namespace, Pod, ReplicaSet, Service } from '../../kube/types.ts';
import { TestCluster } from './cluster.ts';

const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const PODS = '/api/v1/namespaces/default/pods';

function nginx(replicas: number, image = 'nginx:1.14.2'): unknown {
  const labels = { app: 'nginx' };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'nginx', labels },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'nginx', image, ports: [{ containerPort: 80 }] }] },
      },
    },
  };
}

const running = (pods: Pod[]): Pod[] => pods.filter(({ status }) => status?.phase === 'Running');

test('an applied Deployment is running on three nodes', async () => {
  const cluster = await TestCluster.start();
  await cluster.must(`POST ${DEPLOYMENTS}`, nginx(3));
  await cluster.settle();
  const pods = await cluster.list<Pod>(PODS);
  expect(running(pods)).toHaveLength(3);
  expect(new Set(pods.map(({ spec }) => spec?.nodeName)).size).toBe(3);
  expect((await cluster.must<Deployment>(`GET ${DEPLOYMENTS}/nginx`)).status).toMatchObject({
    readyReplicas: 3,
    observedGeneration: 1,
  });
  const { body: metrics } = await cluster.send<string>('GET /metrics');
  expect(metrics).toContain('scheduler_schedule_attempts_total{profile="default-scheduler",result="scheduled"} 3\n');
  expect(metrics).toMatch(/^workqueue_adds_total\{name="deployment"\} [1-9]/m);
  expect(cluster.reported).toEqual([]);
});

test('once all is done, no alarm wakes the object for finished work', async () => {
  const cluster = await TestCluster.start();
  await cluster.advance(10_000);
  await cluster.must(`POST ${DEPLOYMENTS}`, nginx(3));
  await cluster.advance(3_000);
  expect(running(await cluster.list<Pod>(PODS))).toHaveLength(3);
  // The next is the compaction of the log.
  expect(cluster.alarm).toBeGreaterThan(cluster.now + 5 * 60_000);
});

test('evicted between any two steps, a rollout reaches the same end', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(40), { maxLength: 8 }), fc.nat(1_000_000), async (lives, seed) => {
      const cluster = await TestCluster.start({ seed: seed + 1 });
      const changes = [
        () => cluster.must(`POST ${DEPLOYMENTS}`, nginx(5)),
        () => cluster.must(`PATCH ${DEPLOYMENTS}/nginx`, { spec: { replicas: 7 } }, 'application/merge-patch+json'),
        () => cluster.must(`PUT ${DEPLOYMENTS}/nginx`, nginx(4, 'nginx:1.16.1')),
      ];
      for (const change of changes) {
        await change();
        for (const steps of lives) {
          for (let step = 0; step < steps; step++) await cluster.step();
          cluster.evict();
        }
      }
      // Graceful deletion and back-offs take their time.
      await cluster.advance(120_000);
      const pods = await cluster.list<Pod>(PODS);
      expect(pods.map(({ spec, status }) => [spec?.containers[0]?.image, status?.phase])).toEqual(
        Array.from({ length: 4 }, () => ['nginx:1.16.1', 'Running']),
      );
      const sets = await cluster.list<ReplicaSet>('/apis/apps/v1/namespaces/default/replicasets');
      // The older templates need not have been seen before the next change.
      expect(sets.map(({ status }) => status?.replicas).filter((replicas) => replicas !== 0)).toEqual([4]);
      expect((await cluster.must<Deployment>(`GET ${DEPLOYMENTS}/nginx`)).status).toMatchObject({
        replicas: 4,
        updatedReplicas: 4,
        availableReplicas: 4,
        observedGeneration: 3,
      });
    }),
    { numRuns: 25 },
  );
}, 120_000);

test('a deleted namespace takes everything in it along, evictions or not', async () => {
  const cluster = await TestCluster.start();
  await cluster.must('POST /api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'gone' } });
  await cluster.must('POST /apis/apps/v1/namespaces/gone/deployments', nginx(3));
  await cluster.settle();
  await cluster.must('DELETE /api/v1/namespaces/gone');
  for (let life = 0; life < 10; life++) {
    for (let step = 0; step < 7; step++) await cluster.step();
    cluster.evict();
  }
  await cluster.advance(120_000);
  expect((await cluster.send('GET /api/v1/namespaces/gone')).status).toBe(404);
  expect(await cluster.list('/api/v1/pods')).toEqual([]);
  expect(await cluster.list('/apis/apps/v1/replicasets')).toEqual([]);
});

const SERVICE = '/api/v1/namespaces/default/services/kubernetes';
const LEASES = '/api/v1/namespaces/kube-node-lease';

test('system objects come back when they are deleted, after the client that deleted them has seen them gone', async () => {
  const cluster = await TestCluster.start();
  await cluster.must(`DELETE ${SERVICE}`);
  await cluster.must(`DELETE ${LEASES}`);
  await cluster.advance(9_000);
  expect((await cluster.send(`GET ${SERVICE}`)).status).toBe(404);
  cluster.evict();
  await cluster.advance(1_000);
  const service = await cluster.must<Service>(`GET ${SERVICE}`);
  expect(service.spec).toMatchObject({ clusterIP: '10.96.0.1', ports: [{ name: 'https', port: 443 }] });
  // The namespace is gone after six seconds.
  await cluster.advance(54_000);
  expect((await cluster.send(`GET ${LEASES}`)).status).toBe(404);
  cluster.evict();
  await cluster.advance(2_000);
  const namespace = await cluster.must<Namespace>(`GET ${LEASES}`);
  expect(namespace.status).toEqual({ phase: 'Active' });
  expect(cluster.reported).toEqual([]);
});

test('Services have IPAddresses', async () => {
  const cluster = await TestCluster.start();
  const web = { metadata: { name: 'web' }, spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } };
  const { spec } = await cluster.must<Service>('POST /api/v1/namespaces/default/services', web);
  await cluster.settle();
  const parents = async () =>
    (await cluster.list<IPAddress>('/apis/networking.k8s.io/v1/ipaddresses')).map(({ metadata, spec }) => [
      metadata.name,
      spec?.parentRef?.name,
    ]);
  expect(await parents()).toEqual(
    [
      ['10.96.0.1', 'kubernetes'],
      [spec?.clusterIP, 'web'],
    ].sort(),
  );
  await cluster.must('DELETE /api/v1/namespaces/default/services/web');
  await cluster.settle();
  expect(await parents()).toEqual([['10.96.0.1', 'kubernetes']]);
  expect(cluster.reported).toEqual([]);
});
