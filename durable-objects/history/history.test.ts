import { beforeAll, expect, test } from 'vitest';
import type { KubeObject } from '../../kube/machinery/object.ts';
import type { HistoryChanges, HistoryDiff, HistoryRange } from '../../wire/history.ts';
import type { ApiRequest, UserInfo } from '../apiserver/request.ts';
import { ADMIN, TestCluster } from '../testing/cluster.ts';

const JANE: UserInfo = { name: 'jane', groups: ['system:authenticated'] };
const MINUTE = 60_000;

let cluster: TestCluster;
/** Revisions: before the Deployment, while it had one replica, and after it was scaled and other things went. */
const at = { empty: 0, one: 0, two: 0 };

const deployment = (replicas: number) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
  },
});

async function get(path: string, user: UserInfo, accept = 'application/json') {
  const [where = '', query = ''] = path.split('?', 2);
  const request: ApiRequest = {
    method: 'GET',
    path: where,
    query,
    header: (name) => (name === 'accept' ? accept : undefined),
    user,
  };
  const answer = await cluster.handle(request);
  if (answer.type !== 'response') throw new Error(answer.type);
  const text = typeof answer.body === 'string' ? answer.body : [...answer.body].join('');
  return { status: answer.status, body: JSON.parse(text) };
}

beforeAll(async () => {
  cluster = await TestCluster.start({ simulatedNodes: 1 });
  at.empty = cluster.revision;
  await cluster.advance(MINUTE);
  await cluster.must('POST /apis/apps/v1/namespaces/default/deployments', deployment(1));
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, stringData: { password: 'hidden' } };
  await cluster.must('POST /api/v1/namespaces/default/secrets', secret);
  await cluster.must('POST /api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } });
  await cluster.advance(MINUTE);
  at.one = cluster.revision;
  await cluster.must('PUT /apis/apps/v1/namespaces/default/deployments/web', deployment(3));
  await cluster.must('DELETE /api/v1/namespaces/default/secrets/s');
  await cluster.advance(20 * MINUTE);
  at.two = cluster.revision;
});

test('what people asked for is told without what controllers made of it', async () => {
  const path = '/islet/v1/history/changes?order=newest-first&namespace=default&by=';
  const { items } = (await get(`${path}people`, ADMIN)).body as HistoryChanges;
  expect(items.map(({ kind, change }) => `${change} ${kind}`)).toEqual([
    'delete Secret',
    'update Deployment',
    'create Secret',
    'create Deployment',
  ]);
  expect(items[1]?.parts).toEqual([{ code: 'scaled', from: 1, to: 3 }]);
  expect((await get(`${path}all`, ADMIN)).body.items.length).toBeGreaterThan(items.length);
  expect((await get(`${path}cats`, ADMIN)).body).toMatchObject({ code: 400 });
});

test('the API behind a revision shows that moment, also when it is too old to be watched', async () => {
  const past = (revision: number) => `/islet/v1/history/${revision}`;
  const web = '/apis/apps/v1/namespaces/default/deployments/web';
  expect((await cluster.must<KubeObject>(`GET ${past(at.one)}${web}`)).spec).toMatchObject({ replicas: 1 });
  expect((await cluster.must<KubeObject>(`GET ${past(at.two)}${web}`)).spec).toMatchObject({ replicas: 3 });
  expect((await cluster.send(`GET ${past(at.empty)}${web}`)).status).toBe(404);
  const pods = (await cluster.must<{ items: KubeObject[]; metadata: object }>(`GET ${past(at.one)}/api/v1/pods`)) ?? {};
  expect(pods.items.map(({ status }) => status)).toMatchObject([{ phase: 'Running' }]);
  expect(pods.metadata).toMatchObject({ resourceVersion: String(at.one) });
  expect(await cluster.list(`${past(at.two)}/api/v1/pods`)).toHaveLength(3);
  expect(await cluster.list(`${past(at.two)}/api/v1/pods?fieldSelector=spec.nodeName=nowhere`)).toHaveLength(0);
  const secret = await cluster.must<KubeObject>(`GET ${past(at.one)}/api/v1/namespaces/default/secrets/s`);
  expect(secret.data).toEqual({ password: btoa('hidden') });
});

test('pages of a list in the past go on at its revision', async () => {
  type List = { items: KubeObject[]; metadata: { continue?: string } };
  const path = `/islet/v1/history/${at.two}/api/v1/pods?limit=2`;
  const first = await cluster.must<List>(`GET ${path}`);
  const next = encodeURIComponent(first.metadata.continue ?? '');
  const second = await cluster.must<List>(`GET ${path}&continue=${next}`);
  expect([first.items.length, second.items.length, second.metadata.continue]).toEqual([2, 1, undefined]);
});

test('a table of the past has the ages of that moment', async () => {
  const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
  const { body } = await get(
    `/islet/v1/history/${at.one}/apis/apps/v1/deployments`,
    { name: 'a', groups: ['system:masters'] },
    accept,
  );
  expect(body.columnDefinitions.map(({ name }: { name: string }) => name)).toContain('Age');
  expect(body.rows.map(({ cells }: { cells: unknown[] }) => cells.slice(0, 2))).toEqual([['web', '1/1']]);
  // It was a minute old at most, and is more than twenty by now.
  expect(body.rows[0].cells[4]).toMatch(/^\d+s$/);
});

test.each([
  ['PUT', '/apis/apps/v1/namespaces/default/deployments/web', ''],
  ['DELETE', '/api/v1/namespaces/default', ''],
  ['GET', '/api/v1/pods', 'watch=true'],
  ['GET', '/api/v1/namespaces/default/pods/a/log', ''],
])('%s of %s?%s is refused in the past', async (method, path, query) => {
  const reply = await cluster.send<{ message: string }>(`${method} /islet/v1/history/${at.one}${path}?${query}`, {});
  expect([reply.status, reply.body.message]).toEqual([
    405,
    `revision ${at.one} is past: its objects can be read and listed, and nothing else`,
  ]);
});

test('rights are those of a GET now', async () => {
  const path = `/islet/v1/history/${at.one}/api/v1/namespaces/default/pods`;
  expect((await get(path, JANE)).status).toBe(403);
  expect((await get('/islet/v1/history/changes', JANE)).body).toEqual({ items: [] });
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' };
  const binding = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'jane' },
    roleRef,
    subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'jane' }],
  };
  await cluster.must('POST /apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings', binding);
  expect((await get(path, JANE)).status).toBe(200);
  const seen: HistoryDiff = (await get(`/islet/v1/history/diff?from=${at.empty}&to=${at.two}`, JANE)).body;
  expect(seen.items.map(({ resource }) => resource)).toContain('deployments.apps');
  for (const { resource, namespace } of seen.items) expect([namespace, resource]).not.toEqual(['default', 'secrets']);
  expect(new Set(seen.items.map(({ namespace }) => namespace))).toEqual(new Set(['default']));
});

test('the range has times, and a time its revision', async () => {
  const range = await cluster.must<HistoryRange>('GET /islet/v1/history');
  expect(range.newest.revision).toBe(cluster.revision);
  expect(Date.parse(range.newest.time)).toBeGreaterThan(Date.parse(range.oldest.time));
  const past = await cluster.must<HistoryRange>(`GET /islet/v1/history?time=${range.oldest.time}`);
  expect(past.at?.time).toBe(range.oldest.time);
  expect((await cluster.send('GET /islet/v1/history?time=yesterday')).status).toBe(400);
});

test('changes say who did what, in pages from either end', async () => {
  const scope = 'resource=deployments.apps&namespace=default&name=web';
  const all = await cluster.must<HistoryChanges>(`GET /islet/v1/history/changes?after=${at.empty}&${scope}`);
  expect(all.items[0]).toMatchObject({
    change: 'create',
    kind: 'Deployment',
    what: 'created with 1 replica',
    previous: 0,
  });
  expect(all.items.filter(({ who }) => who === 'islet:admin (kubectl)').map(({ what }) => what)).toEqual([
    'created with 1 replica',
    'scaled from 1 to 3',
  ]);
  expect(all.items.map(({ who }) => who)).toContain('deployment-controller');
  expect(all.items.filter(({ byPerson }) => byPerson).map(({ what }) => what)).toEqual([
    'created with 1 replica',
    'scaled from 1 to 3',
  ]);
  for (const order of ['oldest-first', 'newest-first']) {
    const found: number[] = [];
    let page: HistoryChanges = { items: [], continue: order === 'oldest-first' ? at.empty : at.two };
    while (page.continue !== undefined) {
      const edge = order === 'oldest-first' ? `after=${page.continue}` : `after=${at.empty}&until=${page.continue}`;
      page = await cluster.must(`GET /islet/v1/history/changes?${edge}&${scope}&limit=2&order=${order}`);
      found.push(...page.items.map(({ revision }) => revision));
    }
    const expected = all.items.map(({ revision }) => revision);
    expect(found).toEqual(order === 'oldest-first' ? expected : expected.reverse());
  }
});

test('a diff tells what came, what went, and the fields that changed, in pages', async () => {
  const path = `/islet/v1/history/diff?from=${at.one}&to=${at.two}`;
  const { items } = await cluster.must<HistoryDiff>(`GET ${path}`);
  const of = (resource: string) => items.filter((item) => item.resource === resource);
  expect(of('secrets')).toMatchObject([{ change: 'removed', name: 's' }]);
  expect(of('pods').map(({ change }) => change)).toEqual(['added', 'added']);
  expect(of('deployments.apps')).toMatchObject([{ change: 'changed', name: 'web' }]);
  expect(of('deployments.apps')[0]?.fields).toEqual(expect.arrayContaining(['spec.replicas', 'status.replicas']));
  const paged: HistoryDiff['items'] = [];
  for (let next: string | undefined = ''; next !== undefined; ) {
    const page: HistoryDiff = await cluster.must(`GET ${path}&limit=1&continue=${encodeURIComponent(next)}`);
    paged.push(...page.items);
    next = page.continue;
  }
  expect(paged).toEqual(items);
  expect((await cluster.must<HistoryDiff>(`GET ${path}&namespace=other`)).items).toEqual([]);
});

test('what is no longer kept, or not yet there, is refused with the revisions that are', async () => {
  await cluster.advance(8 * 24 * 60 * MINUTE);
  const { oldest, newest } = await cluster.must<HistoryRange>('GET /islet/v1/history');
  expect(oldest.revision).toBeGreaterThan(at.one);
  const message = `revision ${at.one} is no longer kept: the oldest that can be read is ${oldest.revision}`;
  for (const path of [`${at.one}/api/v1/pods`, `changes?after=${at.one}`, `diff?from=${at.one}`]) {
    expect(await cluster.send(`GET /islet/v1/history/${path}`)).toMatchObject({ status: 410, body: { message } });
  }
  expect((await cluster.send(`GET /islet/v1/history/${newest.revision + 9}/api/v1/pods`)).status).toBe(504);
  // A client learns that from its list, after it has asked what is served.
  expect((await cluster.send(`GET /islet/v1/history/${at.one}/apis`)).status).toBe(200);
  const kept = await cluster.list(`/islet/v1/history/${oldest.revision}/api/v1/namespaces`);
  expect(kept.map(({ metadata }) => metadata.name)).toContain('other');
  expect(cluster.reported).toEqual([]);
});
