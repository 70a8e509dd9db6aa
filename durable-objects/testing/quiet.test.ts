/** Nothing polls: a cluster in which nothing happens sleeps through the day, whatever lies in it. */
import { expect, test } from 'vitest';
import { TestCluster } from './cluster.ts';

const HOUR = 3_600_000;
const MERGE = 'application/merge-patch+json';
const D = 'namespaces/default';
const containers = [{ name: 'c', image: 'i', resources: { requests: { cpu: '100m' } } }];
const selecting = (app: string, more: object = {}) => ({
  selector: { matchLabels: { app } },
  template: { metadata: { labels: { app } }, spec: { containers, ...more } },
});
const job = { template: { spec: { restartPolicy: 'Never', containers } } };
const claim = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
const scaled = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
const service = { name: 'web', namespace: 'default' };
const schema = { openAPIV3Schema: { type: 'object' } };
const held = ['example.com/held'];

const OBJECTS: readonly (readonly [path: string, object: object])[] = [
  [`/apis/apps/v1/${D}/deployments`, { metadata: { name: 'web' }, spec: { replicas: 3, ...selecting('web') } }],
  [
    `/apis/apps/v1/${D}/statefulsets`,
    { metadata: { name: 'db' }, spec: { replicas: 2, serviceName: 'db', ...selecting('db') } },
  ],
  [
    `/apis/apps/v1/${D}/daemonsets`,
    { metadata: { name: 'logs' }, spec: selecting('logs', { nodeSelector: { 'kubernetes.io/os': 'linux' } }) },
  ],
  [`/apis/batch/v1/${D}/jobs`, { metadata: { name: 'done' }, spec: job }],
  [`/apis/batch/v1/${D}/jobs`, { metadata: { name: 'suspended' }, spec: { ...job, suspend: true } }],
  [
    `/apis/batch/v1/${D}/cronjobs`,
    { metadata: { name: 'suspended' }, spec: { schedule: '* * * * *', suspend: true, jobTemplate: { spec: job } } },
  ],
  [
    `/apis/policy/v1/${D}/poddisruptionbudgets`,
    { metadata: { name: 'web' }, spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } } },
  ],
  [
    `/apis/autoscaling/v2/${D}/horizontalpodautoscalers`,
    { metadata: { name: 'web' }, spec: { maxReplicas: 5, scaleTargetRef: scaled } },
  ],
  [
    `/api/v1/${D}/services`,
    { metadata: { name: 'web' }, spec: { type: 'LoadBalancer', selector: { app: 'web' }, ports: [{ port: 80 }] } },
  ],
  [
    `/apis/networking.k8s.io/v1/${D}/ingresses`,
    { metadata: { name: 'web' }, spec: { defaultBackend: { service: { name: 'web', port: { number: 80 } } } } },
  ],
  [`/apis/networking.k8s.io/v1/${D}/networkpolicies`, { metadata: { name: 'none' }, spec: { podSelector: {} } }],
  [
    `/api/v1/${D}/persistentvolumeclaims`,
    { metadata: { name: 'classless' }, spec: { ...claim, storageClassName: 'none' } },
  ],
  [`/api/v1/${D}/persistentvolumeclaims`, { metadata: { name: 'waits' }, spec: claim }],
  [
    '/api/v1/persistentvolumes',
    {
      metadata: { name: 'free' },
      spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/x' } },
    },
  ],
  [
    `/apis/coordination.k8s.io/v1/${D}/leases`,
    { metadata: { name: 'mine' }, spec: { holderIdentity: 'me', leaseDurationSeconds: 15 } },
  ],
  [`/api/v1/${D}/resourcequotas`, { metadata: { name: 'quota' }, spec: { hard: { pods: '100' } } }],
  [
    `/api/v1/${D}/pods`,
    { metadata: { name: 'gated' }, spec: { schedulingGates: [{ name: 'example.com/g' }], containers } },
  ],
  [
    `/api/v1/${D}/pods`,
    {
      metadata: { name: 'claimless' },
      spec: { resourceClaims: [{ name: 'r', resourceClaimName: 'none' }], containers },
    },
  ],
  [`/api/v1/${D}/pods`, { metadata: { name: 'foreign' }, spec: { schedulerName: 'mine', containers } }],
  [`/api/v1/${D}/pods`, { metadata: { name: 'leaving', finalizers: held }, spec: { containers } }],
  ['/api/v1/namespaces', { metadata: { name: 'leaving' } }],
  ['/api/v1/namespaces/leaving/configmaps', { metadata: { name: 'held', finalizers: held } }],
  [
    '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
    {
      metadata: { name: 'widgets.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { plural: 'widgets', kind: 'Widget' },
        versions: [{ name: 'v1', served: true, storage: true, schema }],
      },
    },
  ],
  [
    '/apis/apiregistration.k8s.io/v1/apiservices',
    {
      metadata: { name: 'v1.absent.example.com' },
      spec: { group: 'absent.example.com', version: 'v1', groupPriorityMinimum: 1, versionPriority: 1, service },
    },
  ],
];

test('a cluster with an object of every sort that waits, sleeps through the day', async () => {
  const cluster = await TestCluster.start();
  for (const [path, object] of OBJECTS) await cluster.must(`POST ${path}`, object);
  await cluster.advance(60_000);
  await cluster.must(`DELETE /api/v1/${D}/pods/leaving`);
  await cluster.must('DELETE /api/v1/namespaces/leaving');
  const annotations = { 'islet.dev/simulated-unreachable': 'true' };
  await cluster.must('PATCH /api/v1/nodes/sim-1', { metadata: { annotations } }, MERGE);
  await cluster.must('PATCH /api/v1/nodes/sim-2', { spec: { unschedulable: true } }, MERGE);
  await cluster.advance(HOUR);
  // Where there is a machine, simulated nodes take no pods.
  await cluster.must('POST /api/v1/nodes', { metadata: { name: 'gone' } });
  // Evictions, back-offs and the log's compaction come to their ends.
  await cluster.advance(6 * HOUR);
  const rows = cluster.rowsWritten;
  const wakes: number[] = [];
  const end = cluster.now + 24 * HOUR;
  while (cluster.alarm !== undefined && cluster.alarm < end && wakes.length < 100) {
    const wait = cluster.alarm - cluster.now;
    wakes.push(wait);
    await cluster.advance(wait + 1);
  }
  expect([wakes, cluster.rowsWritten - rows]).toEqual([[], 0]);
  expect(cluster.reported).toEqual([]);
  // The object may have died meanwhile: its next life has nothing to do, either.
  cluster.evict();
  await cluster.advance(24 * HOUR);
  expect(cluster.rowsWritten - rows).toBeLessThan(10);
}, 60_000);
