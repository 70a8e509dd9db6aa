/** Admission that refuses what controllers write, for good: they ask ever more seldom, say so, and go on once they may. */
import { expect, test, vi } from 'vitest';
import type { Deployment, Event, Pod } from '../../kube/types.ts';
import type { OutboundRequest } from '../apiserver/outbound.ts';
import { deploymentController } from '../controllers/deployment-controller.ts';
import { TestCluster } from './cluster.ts';

const HOUR = 3_600_000;
const NS = '/api/v1/namespaces/default';
const APPS = '/apis/apps/v1/namespaces/default';
const BATCH = '/apis/batch/v1/namespaces/default';
const HOOKS = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
const CONTROLLER = 'system:serviceaccount:kube-system:';

const template = (app: string, more: object = {}) => ({
  metadata: { labels: { app } },
  spec: { containers: [{ name: 'c', image: 'i' }], ...more },
});
const selecting = (app: string) => ({ selector: { matchLabels: { app } }, template: template(app) });
const once = { template: template('j', { restartPolicy: 'Never' }) };
const storage = { requests: { storage: '1Gi' } };

const WORKLOADS: readonly (readonly [path: string, spec: object])[] = [
  [`${APPS}/deployments`, { replicas: 3, ...selecting('d') }],
  [`${APPS}/replicasets`, { replicas: 3, ...selecting('r') }],
  [`${APPS}/statefulsets`, { replicas: 3, serviceName: 's', ...selecting('s') }],
  [`${APPS}/daemonsets`, selecting('n')],
  [`${BATCH}/jobs`, { completions: 3, parallelism: 3, ...once }],
  [`${NS}/services`, { selector: { app: 'd' }, ports: [{ port: 80 }] }],
  [`${NS}/persistentvolumeclaims`, { accessModes: ['ReadWriteOnce'], resources: storage }],
  ['/apis/policy/v1/namespaces/default/poddisruptionbudgets', { minAvailable: 1, selector: {} }],
];

/** A cluster with a webhook that says no, and how often each user has asked it. */
async function refused(rule: object, more: object = {}) {
  const asked = new Map<string, number>();
  const outbound = async ({ body = '' }: OutboundRequest) => {
    const { uid, userInfo } = JSON.parse(body).request;
    const user = userInfo.username.replace(CONTROLLER, '');
    asked.set(user, (asked.get(user) ?? 0) + 1);
    const response = { uid, allowed: false, status: { code: 403, message: 'never' } };
    const answer = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response };
    return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(answer) };
  };
  const cluster = await TestCluster.start({ outbound });
  const hook = {
    name: 'no.example.com',
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    clientConfig: { url: 'https://no.example.com' },
    rules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], ...rule }],
    ...more,
  };
  await cluster.must(`POST ${HOOKS}`, { metadata: { name: 'no' }, webhooks: [hook] });
  for (const [path, spec] of WORKLOADS) await cluster.must(`POST ${path}`, { metadata: { name: 'bad' }, spec });
  return { cluster, asked };
}

/** Pods that run, by their label; once the webhook is gone for as long as the longest wait of a controller. */
async function recovered(cluster: TestCluster): Promise<Record<string, number>> {
  await cluster.must(`DELETE ${HOOKS}/no`);
  await cluster.advance(1_100_000);
  const counts: Record<string, number> = {};
  for (const { metadata, status } of await cluster.list<Pod>(`${NS}/pods`)) {
    const app = `${metadata.labels?.app} ${status?.phase}`;
    counts[app] = (counts[app] ?? 0) + 1;
  }
  return counts;
}
const ALL = { 'd Running': 3, 'r Running': 3, 's Running': 3, 'n Running': 3, 'j Succeeded': 3 };

test('a webhook that refuses every pod', async () => {
  const { cluster, asked } = await refused({ resources: ['pods', 'pods/*'] });
  await cluster.advance(HOUR);
  asked.clear();
  const rows = cluster.rowsWritten;
  await cluster.advance(HOUR);
  // A Job's wait ends at a minute, as upstream, and all others' at 1000 s.
  const { 'job-controller': job, ...others } = Object.fromEntries(asked);
  expect(job).toBeLessThanOrEqual(61);
  expect(Object.keys(others).sort()).toEqual([
    'daemon-set-controller',
    'replicaset-controller',
    'statefulset-controller',
  ]);
  expect(Math.max(...Object.values(others))).toBeLessThanOrEqual(8);
  expect(cluster.rowsWritten - rows).toBeLessThan(500);
  const events = await cluster.list<Event>(`${NS}/events?fieldSelector=reason=FailedCreate`);
  expect(events.map(({ involvedObject }) => involvedObject.kind).sort()).toEqual([
    'DaemonSet',
    'Job',
    'ReplicaSet',
    'ReplicaSet',
    'StatefulSet',
  ]);
  for (const { message } of events) expect(message).toContain('"no.example.com" denied the request: never');
  // Each refusal is told by an event.
  expect(cluster.reported).toEqual([]);
  expect(await recovered(cluster)).toEqual(ALL);
});

test.each([
  ['every status', { resources: ['*/status'], operations: ['UPDATE'] }, {}],
  [
    'all that comes of no administrator',
    { resources: ['*/*'] },
    { matchConditions: [{ name: 'c', expression: '!("system:masters" in request.userInfo.groups)' }] },
  ],
])('a webhook that refuses %s', async (_, rule, more) => {
  const { cluster, asked } = await refused(rule, more);
  await cluster.advance(HOUR);
  // What no event tells is in the log of the machine, once for each row of failures.
  const refusal = 'admission webhook "no.example.com" denied the request: never';
  const objects = cluster.reported.filter((told) => told !== refusal);
  expect(objects).toContain('statefulset-controller/statefulsets.apps/default/bad');
  expect(objects.length).toBe(new Set(objects).size);
  asked.clear();
  const rows = cluster.rowsWritten;
  await cluster.advance(HOUR);
  expect(asked.get('job-controller')).toBeLessThanOrEqual(61);
  expect(asked.get('statefulset-controller')).toBeLessThanOrEqual(8);
  expect(cluster.rowsWritten - rows).toBeLessThan(350);
  expect(cluster.reported.length).toBe(2 * objects.length);
  expect(await recovered(cluster)).toEqual(ALL);
});

test('a controller that throws at one object is tried ever more seldom, and looks after the others', async () => {
  const { reconcile } = deploymentController;
  let thrown = 0;
  const broken = vi.spyOn(deploymentController, 'reconcile').mockImplementation((key, ...rest) => {
    if (!key.endsWith('/bad')) return reconcile.call(deploymentController, key, ...rest);
    thrown++;
    throw new Error('a fault of the controller');
  });
  try {
    const cluster = await TestCluster.start();
    const rows = cluster.rowsWritten;
    await cluster.must(`POST ${APPS}/deployments`, { metadata: { name: 'bad' }, spec: selecting('bad') });
    await cluster.advance(HOUR);
    // 5 ms, which double: twenty times within the hour.
    expect(thrown).toBeGreaterThan(15);
    expect(thrown).toBeLessThan(25);
    expect(cluster.rowsWritten - rows).toBeLessThan(60);
    const about = 'deployment-controller/deployments.apps/default/bad';
    expect(cluster.reported.filter((each) => each === about)).toHaveLength(thrown);
    // Its failures are known to the object's next life.
    thrown = 0;
    cluster.evict();
    await cluster.advance(HOUR);
    expect(thrown).toBeLessThan(6);
    await cluster.must(`POST ${APPS}/deployments`, { metadata: { name: 'good' }, spec: selecting('good') });
    await cluster.advance(1000);
    expect((await cluster.must<Deployment>(`GET ${APPS}/deployments/good`)).status?.availableReplicas).toBe(1);
  } finally {
    broken.mockRestore();
  }
});
