/** The error that comes first where a request is wrong in several ways, and headers beside it (kube-apiserver 1.36.3). */
import { expect, test } from 'vitest';
import { customKinds } from '../../kube/kinds/custom/custom-kind.ts';
import { ADMIN, TestCluster } from '../testing/cluster.ts';
import { WIDGET_SPEC, WIDGETS, WIDGETS_CRD } from '../testing/widgets.ts';
import { testApi } from './testing/harness.ts';
import { configMap, MAPS } from './testing/objects.ts';

const TABLE = 'application/json;as=Table;g=meta.k8s.io;v=v1';

test.each([
  // Selectors that cannot be read come before options that exclude each other.
  [
    `GET ${MAPS}?labelSelector=a%20b&resourceVersionMatch=Exact`,
    {},
    400,
    "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt",
  ],
  [
    `GET ${MAPS}?watch=1&fieldSelector=a&sendInitialEvents=true`,
    {},
    400,
    "invalid selector: 'a'; can't understand 'a'",
  ],
  [`DELETE ${MAPS}?labelSelector=a%3Db%3Dc&dryRun=x`, {}, 400, "found '=', expected: ',' or 'end of string'"],
  [`GET ${MAPS}?timeoutSeconds=x&limit=y`, {}, 400, 'strconv.ParseInt: parsing "x": invalid syntax'],
  // The Accept header comes before the options, and behind the type of a patch.
  [
    `GET ${MAPS}?watch=1&labelSelector=a%20b`,
    { accept: 'application/json;as=Table;g=meta.k8s.io;v=v2' },
    406,
    'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf',
  ],
  [
    `GET ${MAPS}?resourceVersion=x`,
    { accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1' },
    400,
    'invalid resource version: resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax',
  ],
  [
    `GET ${MAPS}?continue=x`,
    { accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1' },
    400,
    expect.stringContaining('continue key is not valid'),
  ],
  [`PATCH ${MAPS}/a`, { accept: 'application/json;as=Table;g=meta.k8s.io;v=v2' }, 415, '415: Unsupported Media Type'],
] as const)('%s %j is answered with %d', async (line, headers, code, message) => {
  const { call } = await testApi();
  const { body } = await call(line, { headers });
  expect([body.code, body.message]).toEqual([code, message]);
});

test('owner references that are there twice are warned of, although there is nothing to update', async () => {
  const { call } = await testApi();
  const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'o', uid: 'u' };
  const body = { ...configMap('a'), metadata: { name: 'a', ownerReferences: [owner, owner] } };
  const { status, headers } = await call(`PUT ${MAPS}/a`, { body });
  expect([status, headers.warning]).toEqual([404, expect.stringContaining('duplicate UID(s) observed: u')]);
});

test('a deprecated kind is not warned of where there is nothing at the path', async () => {
  const { call } = await testApi();
  const path = '/api/v1/namespaces/default/endpoints';
  expect((await call(`GET ${path}`)).headers.warning).toContain('deprecated');
  const headers = { accept: 'text/html' };
  expect((await call(`GET ${path}`, { headers })).headers.warning).toBeUndefined();
  for (const line of [`GET ${path}/a/status`, `PUT ${path}`])
    expect((await call(line)).headers.warning).toBeUndefined();
});

test('an update and an apply that create keep the end that the object is said to have', async () => {
  const { call, create } = await testApi();
  const deletionTimestamp = '2026-01-01T00:00:00Z';
  const path = '/apis/rbac.authorization.k8s.io/v1/clusterroles';
  const metadata = { name: 'a', deletionTimestamp, deletionGracePeriodSeconds: 3 };
  const put = await call(`PUT ${path}/a`, { body: { metadata } });
  const posted = await create(MAPS, { ...configMap('a'), metadata: { name: 'a', deletionTimestamp } });
  expect([put.body.metadata.deletionTimestamp, put.body.metadata.deletionGracePeriodSeconds]).toEqual([
    deletionTimestamp,
    3,
  ]);
  expect(posted.metadata.deletionTimestamp).toBeUndefined();
});

test('the rules of a disruption budget come before those of its metadata', async () => {
  const { call } = await testApi();
  const spec = { minAvailable: 1, maxUnavailable: 1 };
  const { body } = await call('POST /apis/policy/v1/namespaces/default/poddisruptionbudgets', { body: { spec } });
  expect(body.message).toMatch(/is invalid: spec: Invalid value: .*cannot be both set$/);
});

test('the deleted objects of a collection are shown as the client accepts them', async () => {
  const { call, create } = await testApi();
  for (const name of ['a', 'b']) await create(MAPS, configMap(name));
  const { body } = await call<{ kind: string; rows: { cells: unknown[] }[] }>(`DELETE ${MAPS}`, {
    headers: { accept: TABLE },
  });
  expect([body.kind, body.rows.map(({ cells }) => cells[0])]).toEqual(['Table', ['a', 'b']]);
});

test('a revision that is to come has a time to ask again where a cache answers, and none where one object is to be exact', async () => {
  const { call } = await testApi();
  const ask = async (more: string) => (await call(`GET ${MAPS}?resourceVersion=99999${more}`)).headers['retry-after'];
  const one = '&fieldSelector=metadata.name%3Da';
  const exact = '&resourceVersionMatch=Exact';
  const events = await call('GET /api/v1/namespaces/default/events/a?resourceVersion=99999');
  expect([events.status, events.headers['retry-after']]).toEqual([504, undefined]);
  expect([await ask(''), await ask(exact), await ask(`${one}&limit=1`), await ask(one + exact)]).toEqual([
    '1',
    '1',
    undefined,
    undefined,
  ]);
});

test('a watch that begins with what there is ends that with a bookmark, where it takes bookmarks', async () => {
  const cluster = await TestCluster.start({ simulatedNodes: 0 });
  const kinds = async (query: string) => {
    const { lines, stop } = await cluster.watch(`/api/v1/namespaces?fieldSelector=metadata.name%3Ddefault${query}`);
    stop();
    return lines.map((line) => JSON.parse(line).type);
  };
  expect(await kinds('&allowWatchBookmarks=true')).toEqual(['ADDED', 'BOOKMARK']);
  expect(await kinds('&allowWatchBookmarks=true&resourceVersion=0')).toEqual(['ADDED', 'BOOKMARK']);
  expect(await kinds('')).toEqual(['ADDED']);
  expect(await kinds('&sendInitialEvents=true&resourceVersionMatch=NotOlderThan')).toEqual(['ADDED']);
});

test('a watch for tables has its columns once, with the bookmark where nothing came before it', async () => {
  const cluster = await TestCluster.start({ simulatedNodes: 0 });
  const answer = await cluster.handle({
    method: 'GET',
    path: MAPS,
    query: 'watch=1&allowWatchBookmarks=true&labelSelector=mine',
    header: (name) => (name === 'accept' ? TABLE : undefined),
    user: ADMIN,
  });
  if (answer.type !== 'watch') throw new Error('no watch');
  const lines: string[] = [];
  cluster.hub.subscribe(
    { id: 'p', send: (text) => lines.push(...text.trimEnd().split('\n')), close() {} },
    0,
    answer.watch,
  );
  await cluster.must(`POST ${MAPS}`, { ...configMap('a'), metadata: { name: 'a', labels: { mine: '' } } });
  await cluster.settle();
  const events = lines.map((line) => JSON.parse(line));
  const columns = events.map(({ type, object }) => [type, object.columnDefinitions.length > 0]);
  expect(columns).toEqual([
    ['BOOKMARK', true],
    ['ADDED', false],
  ]);
});

test('a watch says what other answers say: its audit id, its priority level, its warnings', async () => {
  const cluster = await TestCluster.start({ simulatedNodes: 0 });
  const request = { method: 'GET', path: '/api/v1/endpoints', query: 'watch=1', header: () => undefined, user: ADMIN };
  const answer = await cluster.handle(request);
  const headers = answer.type === 'watch' ? answer.headers : {};
  expect(Object.keys(headers)).toEqual(
    expect.arrayContaining([
      'audit-id',
      'warning',
      'x-kubernetes-pf-flowschema-uid',
      'x-kubernetes-pf-prioritylevel-uid',
    ]),
  );
});

test('custom resources have one handler, which says in its own words what it does not do', async () => {
  const cluster = await TestCluster.start({ simulatedNodes: 0 });
  cluster.kinds.define(WIDGETS_CRD, customKinds(WIDGET_SPEC));
  const said = async (line: string, type?: string) => {
    const { status, body } = await cluster.send<{ message?: string }>(line, {}, type);
    return [status, body.message];
  };
  const unsupported = (verb: string) => [405, `${verb} is not supported on resources of kind "widgets.example.com"`];
  expect(await said(`POST ${WIDGETS}/a/status`)).toEqual(unsupported('create'));
  expect(await said(`DELETE ${WIDGETS}/a/scale`)).toEqual(unsupported('delete'));
  // Upstream's handler looks no further than at the subresource.
  expect(await said(`POST ${WIDGETS}/a/status/x/y`)).toEqual(unsupported('create'));
  expect(await said(`PATCH ${WIDGETS}/a/status/x`, 'application/json')).toEqual([415, expect.any(String)]);
  expect(await said(`POST ${WIDGETS}/a/other/x`)).toEqual([404, 'widgets.example.com "a" not found']);
  expect(await said(`PATCH ${WIDGETS}/a`, 'application/strategic-merge-patch+json')).toEqual([415, expect.any(String)]);
  // Without a namespace, all are listed and watched, and nothing else is there.
  for (const method of ['POST', 'DELETE', 'NONSENSE']) {
    expect((await cluster.send(`${method} ${WIDGETS.replace('/namespaces/default', '')}`, {})).status).toBe(404);
  }
  const { status } = await cluster.send(`GET ${WIDGETS}`, undefined, undefined, 'application/*');
  expect(status).toBe(200);
  expect(await said(`PATCH ${WIDGETS}`, 'application/merge-patch+json')).toEqual([400, 'name must be provided']);
  expect(await said(`PATCH ${WIDGETS}`, 'application/json')).toEqual([415, expect.stringMatching(/unknown format/)]);
});
