import { afterEach, beforeEach, expect, test } from 'vitest';
import type { KubeObject } from '../../kube/machinery/object.ts';
import type { HistoryChanges, RewindAnswer } from '../../wire/history.ts';
import type { UserInfo } from '../apiserver/request.ts';
import { TestCluster } from '../testing/cluster.ts';

const MINUTE = 60_000;
const DEFAULT = '/api/v1/namespaces/default';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';

let cluster: TestCluster;

beforeEach(async () => {
  cluster = await TestCluster.start({ simulatedNodes: 2 });
});

afterEach(() => expect(cluster.reported).toEqual([]));

const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } };
const deployment = (replicas: number, name = 'web') => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: { replicas, selector: { matchLabels: { app: 'web' } }, template },
});
const map = (name: string, data: Record<string, string>, metadata = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
  data,
});

const rewind = (body: object) => cluster.must<RewindAnswer>('POST /islet/v1/history/rewind', body);
const lines = ({ items }: RewindAnswer) =>
  items.map(({ action, resource, name, error }) => `${action} ${resource}/${name}${error ? `: ${error}` : ''}`);
const names = async (path: string) => (await cluster.list(path)).map(({ metadata }) => metadata.name);

test('all wishes of a revision come back, and what follows from them by itself', async () => {
  await cluster.must(`POST ${DEPLOYMENTS}`, deployment(2));
  await cluster.must(`POST ${DEFAULT}/configmaps`, map('kept', { a: '1' }));
  await cluster.must(`POST ${DEFAULT}/configmaps`, map('gone', { a: '1' }));
  const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { ports: [{ port: 80 }] } };
  const { spec } = await cluster.must<KubeObject>(`POST ${DEFAULT}/services`, service);
  await cluster.advance(MINUTE);
  const revision = cluster.revision;
  await cluster.must(`PUT ${DEPLOYMENTS}/web`, deployment(5));
  await cluster.must(`PUT ${DEFAULT}/configmaps/kept`, map('kept', { a: '2', b: '3' }));
  await cluster.must(`DELETE ${DEFAULT}/configmaps/gone`);
  await cluster.must(`DELETE ${DEFAULT}/services/web`);
  await cluster.must('POST /api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'late' } });
  await cluster.must('POST /api/v1/namespaces/late/configmaps', map('inside', {}));
  await cluster.advance(20 * MINUTE);

  const before = cluster.revision;
  const plan = await rewind({ revision, dryRun: true });
  expect(cluster.revision).toBe(before);
  expect(lines(plan)).toEqual([
    'delete namespaces/late',
    'create configmaps/gone',
    'update configmaps/kept',
    'create services/web',
    'update deployments.apps/web',
  ]);
  expect(plan.items[2]?.fields).toEqual(['data.a', 'data.b']);
  expect(plan.items[4]?.fields).toEqual(['spec.replicas']);

  expect(lines(await rewind({ revision }))).toEqual(lines(plan));
  await cluster.advance(MINUTE);
  expect(await names(`${DEFAULT}/pods`)).toHaveLength(2);
  expect(await cluster.must(`GET ${DEFAULT}/configmaps/kept`)).toMatchObject({ data: { a: '1' } });
  expect(await names('/api/v1/namespaces')).not.toContain('late');
  const made = await cluster.must<KubeObject>(`GET ${DEFAULT}/services/web`);
  expect(made.spec).toMatchObject({ clusterIP: (spec as { clusterIP: string }).clusterIP });
  expect((await rewind({ revision, dryRun: true })).items).toEqual([]);
  const { items } = await cluster.must<HistoryChanges>(`GET /islet/v1/history/changes?after=${before}&name=gone`);
  expect(items).toMatchObject([{ change: 'create', who: 'islet:admin (islet-rewind)' }]);
});

test('one object, or one namespace, is brought back alone', async () => {
  await cluster.must('POST /api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a' } });
  for (const namespace of ['default', 'a']) {
    await cluster.must(`POST /api/v1/namespaces/${namespace}/configmaps`, map('m', { at: 'first' }));
    await cluster.must(`POST /api/v1/namespaces/${namespace}/configmaps`, map('n', { at: 'first' }));
  }
  await cluster.settle();
  const revision = cluster.revision;
  await cluster.must('DELETE /api/v1/namespaces/a');
  for (const name of ['m', 'n']) await cluster.must(`PUT ${DEFAULT}/configmaps/${name}`, map(name, { at: 'second' }));
  await cluster.advance(MINUTE);
  const one = { revision, resource: 'configmaps', namespace: 'default', name: 'm' };
  expect(lines(await rewind(one))).toEqual(['update configmaps/m']);
  expect(lines(await rewind({ revision, namespace: 'a' }))).toEqual([
    'create namespaces/a',
    'create serviceaccounts/default',
    'create configmaps/m',
    'create configmaps/n',
  ]);
  expect(await cluster.must(`GET ${DEFAULT}/configmaps/n`)).toMatchObject({ data: { at: 'second' } });
});

test('a request makes so many changes, and the next goes on', async () => {
  for (let i = 0; i < 7; i++) await cluster.must(`POST ${DEFAULT}/configmaps`, map(`m-${i}`, {}));
  const revision = cluster.revision;
  await cluster.must(`DELETE ${DEFAULT}/configmaps`);
  await cluster.advance(MINUTE);
  const done: string[] = [];
  let answer = await rewind({ revision, limit: 3 });
  const left = [answer.remaining];
  done.push(...lines(answer));
  while (answer.continue !== undefined) {
    answer = await rewind({ revision, limit: 3, continue: answer.continue });
    left.push(answer.remaining);
    done.push(...lines(answer));
  }
  expect(left).toEqual([4, 1, 0]);
  expect(done).toEqual(Array.from({ length: 7 }, (_, i) => `create configmaps/m-${i}`));
});

test('rights, quotas and rules decide about each change, whose refusal is told in their words', async () => {
  await cluster.must(`POST ${DEFAULT}/configmaps`, map('m', {}));
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: template.spec };
  await cluster.must(`POST ${DEFAULT}/pods`, pod);
  const claim = (size: string) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 's' },
    spec: { clusterIP: size, ports: [{ port: 1 }] },
  });
  await cluster.must(`POST ${DEFAULT}/services`, claim('10.96.9.9'));
  const revision = cluster.revision;
  await cluster.must(`DELETE ${DEFAULT}/configmaps/m`);
  await cluster.must(`DELETE ${DEFAULT}/services/s`);
  await cluster.must(`DELETE ${DEFAULT}/pods/p`);
  await cluster.must(`POST ${DEFAULT}/services`, { ...claim('10.96.9.9'), metadata: { name: 'other' } });
  const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec: { hard: { pods: '0' } } };
  await cluster.must(`POST ${DEFAULT}/resourcequotas`, quota);
  await cluster.advance(MINUTE);
  const scope = { revision, namespace: 'default' };
  const answer = await rewind({ ...scope, resource: 'pods' });
  expect(lines(answer)).toEqual([expect.stringMatching(/^create pods\/p: pods "p" is forbidden: exceeded quota: q/)]);
  const jane: UserInfo = { name: 'jane', groups: ['system:authenticated'] };
  const refused = await cluster.handle({
    method: 'POST',
    path: '/islet/v1/history/rewind',
    query: '',
    header: () => undefined,
    body: JSON.stringify(scope),
    user: jane,
  });
  expect(JSON.parse((refused as { body: string }).body)).toMatchObject({ items: [], remaining: 0 });
  const all = await rewind(scope);
  expect(lines(all)).toEqual([
    'delete services/other',
    'delete resourcequotas/q',
    'create configmaps/m',
    'create services/s',
    'create pods/p',
  ]);
});

test('what has done its work, or belongs to a controller, is not made again', async () => {
  const job = (name: string, after: string) => {
    const metadata = { annotations: { 'islet.dev/simulated-exit-after': after } };
    const spec = { template: { metadata, spec: { ...template.spec, restartPolicy: 'Never' } } };
    return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec };
  };
  await cluster.must('POST /apis/batch/v1/namespaces/default/jobs', job('ends', '1'));
  await cluster.must('POST /apis/batch/v1/namespaces/default/jobs', job('runs', '36000'));
  await cluster.must(`POST ${DEPLOYMENTS}`, deployment(1));
  await cluster.advance(MINUTE);
  const revision = cluster.revision;
  for (const name of ['ends', 'runs']) {
    await cluster.must(`DELETE /apis/batch/v1/namespaces/default/jobs/${name}?propagationPolicy=Background`);
  }
  await cluster.must(`DELETE ${DEPLOYMENTS}/web`);
  await cluster.advance(MINUTE);
  expect(await names(`${DEFAULT}/pods`)).toEqual([]);
  expect(lines(await rewind({ revision }))).toEqual(['create deployments.apps/web', 'create jobs.batch/runs']);
  await cluster.advance(MINUTE);
  expect(await names(`${DEFAULT}/pods`)).toEqual([expect.stringMatching(/^runs-/), expect.stringMatching(/^web-/)]);
});

test('a pod of nobody is placed anew, and a volume claim is bound anew', async () => {
  const claim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'c' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  };
  const volumes = [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }];
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { ...template.spec, volumes } };
  await cluster.must(`POST ${DEFAULT}/persistentvolumeclaims`, claim);
  await cluster.must(`POST ${DEFAULT}/pods`, pod);
  await cluster.advance(MINUTE);
  const was = await cluster.must<KubeObject>(`GET ${DEFAULT}/persistentvolumeclaims/c`);
  expect(was.status).toMatchObject({ phase: 'Bound' });
  const revision = cluster.revision;
  await cluster.must(`DELETE ${DEFAULT}/pods/p`);
  await cluster.must(`DELETE ${DEFAULT}/persistentvolumeclaims/c`);
  await cluster.advance(MINUTE);
  expect(lines(await rewind({ revision }))).toEqual(['create persistentvolumeclaims/c', 'create pods/p']);
  await cluster.advance(MINUTE);
  const now = await cluster.must<KubeObject>(`GET ${DEFAULT}/persistentvolumeclaims/c`);
  expect(now.status).toMatchObject({ phase: 'Bound' });
  expect((now.spec as { volumeName: string }).volumeName).not.toBe((was.spec as { volumeName: string }).volumeName);
  expect(await cluster.must(`GET ${DEFAULT}/pods/p`)).toMatchObject({ status: { phase: 'Running' } });
});

test('an owner that was made anew owns what it owned', async () => {
  const { metadata } = await cluster.must<KubeObject>(`POST ${DEFAULT}/configmaps`, map('owner', {}));
  const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: metadata.uid };
  await cluster.must(`POST ${DEFAULT}/secrets`, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'z', ownerReferences: [reference] },
  });
  await cluster.must(`POST ${DEFAULT}/configmaps`, map('a', {}, { ownerReferences: [reference] }));
  const revision = cluster.revision;
  await cluster.must(`DELETE ${DEFAULT}/configmaps/owner`);
  await cluster.advance(MINUTE);
  expect(await names(`${DEFAULT}/secrets`)).toEqual([]);
  await rewind({ revision });
  await cluster.advance(5 * MINUTE);
  expect(await names(`${DEFAULT}/secrets`)).toEqual(['z']);
  expect(await names(`${DEFAULT}/configmaps`)).toEqual(['a', 'kube-root-ca.crt', 'owner']);
});

test.each([
  [{}, 'revision must be the number of a revision'],
  [{ revision: 1, dryRun: 'yes' }, 'dryRun must be true or false'],
  [{ revision: 1, name: 'x' }, 'an object is named by resource and name'],
  [{ revision: 1, namespace: 5 }, 'namespace must be text'],
])('%j is refused: %s', async (body, message) => {
  const reply = await cluster.send<{ message: string }>('POST /islet/v1/history/rewind', body);
  expect([reply.status, reply.body.message]).toEqual([400, message]);
});
