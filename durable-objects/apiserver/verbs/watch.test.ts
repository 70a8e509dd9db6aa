import { expect, test } from 'vitest';
import { KindRegistry } from '../../../kube/kinds/registry.ts';
import { matcherFactory } from '../negotiate/match.ts';
import { makeRenderer } from '../negotiate/render.ts';
import type { WatchSpec } from '../request.ts';
import { START, type TestApi, testApi } from '../testing/harness.ts';
import { PODS, pod, TABLE } from '../testing/objects.ts';

const kinds = new KindRegistry();

async function specOf({ send }: TestApi, line: string, headers = {}): Promise<WatchSpec> {
  const answer = await send(line, { headers });
  if (answer.type !== 'watch') throw new Error(JSON.stringify(answer));
  return answer.watch;
}

test('a watch is told where it starts', async () => {
  const api = await testApi();
  const spec = (query: string) => specOf(api, `GET ${PODS}?watch=1&${query}`);
  expect(await spec('')).toMatchObject({
    prefix: 'pods/default/',
    after: undefined,
    bookmarks: false,
    as: { type: 'object' },
  });
  expect(await spec('resourceVersion=0')).toMatchObject({ after: undefined });
  expect(await spec('resourceVersion=3&allowWatchBookmarks=true')).toMatchObject({ after: 3, bookmarks: true });
  const list = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
  expect(await spec(list)).toMatchObject({ initialEvents: true, after: undefined, bookmarks: true });
  const declined = await spec('sendInitialEvents=false&resourceVersionMatch=NotOlderThan');
  expect(declined.after).toBe(api.store.revision);
});

test.each(['v1', 'v1beta1'])('tables and metadata of meta.k8s.io/%s are watched in that version', async (version) => {
  const api = await testApi();
  const renderer = makeRenderer(kinds, () => START);
  const text = JSON.stringify({ ...pod('web'), kind: 'Pod', apiVersion: 'v1' });
  const apiVersion = `meta.k8s.io/${version}`;
  for (const kind of ['Table', 'PartialObjectMetadata']) {
    const accept = `application/json;as=${kind};g=meta.k8s.io;v=${version}`;
    const spec = await specOf(api, `GET ${PODS}?watch=1`, { accept });
    const { object } = JSON.parse(renderer.event('ADDED', text, spec, true));
    expect(object).toMatchObject({ kind, apiVersion });
    if (kind === 'Table') expect(object.rows[0].object).toMatchObject({ kind: 'PartialObjectMetadata', apiVersion });
    expect(JSON.parse(renderer.bookmark(spec, 9, true)).object).toMatchObject({ kind, apiVersion });
  }
});

test('a watch of a single object reads its key alone, whether it is asked for by field selector or by path', async () => {
  const api = await testApi();
  const key = { prefix: 'pods/default/web', fieldSelector: 'metadata.name=web' };
  expect(await specOf(api, `GET ${PODS}?watch=1&fieldSelector=metadata.name%3Dweb`)).toMatchObject(key);
  expect(await specOf(api, 'GET /api/v1/watch/namespaces/default/pods/web')).toMatchObject(key);
  expect(await specOf(api, 'GET /api/v1/watch/pods')).toMatchObject({ prefix: 'pods/' });
});

test('a GET of one object is no watch, whatever its query says', async () => {
  const { call, create } = await testApi();
  await create(PODS, pod('web'));
  expect(await call(`GET ${PODS}/web?watch=1`)).toMatchObject({ status: 200, body: { kind: 'Pod' } });
  expect((await call(`GET ${PODS}/none?watch=true`)).status).toBe(404);
});

test.each([
  [
    'sendInitialEvents=true',
    'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
  ],
  [
    'resourceVersionMatch=NotOlderThan',
    'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
  ],
  ['fieldSelector=spec.color%3Dred', 'field label not supported: spec.color'],
])('a watch with %s is refused', async (query, message) => {
  const { call } = await testApi();
  expect((await call(`GET ${PODS}?watch=1&${query}`)).body.message).toBe(message);
});

test('a watch from a revision that is still to come waits, and has the error that one with a beginning is sent', async () => {
  const { send, store } = await testApi();
  const message = `Timeout: Too large resource version: 1000000, current: ${store.revision}`;
  expect(await send(`GET ${PODS}?watch=1&resourceVersion=1000000`)).toMatchObject({
    type: 'watch',
    watch: { after: 1000000 },
    tooLarge: { code: 504, message, details: { retryAfterSeconds: 1 } },
  });
  expect(await send(`GET ${PODS}?watch=1&resourceVersion=${store.revision}`)).not.toHaveProperty('tooLarge');
});

test('events are printed as the watcher wants to see them', async () => {
  const api = await testApi();
  const { text } = await api.create(PODS, pod('web')).then(() => api.call(`GET ${PODS}/web`));
  const renderer = makeRenderer(kinds, () => START);
  const plain = await specOf(api, `GET ${PODS}?watch=1`);
  expect(renderer.event('ADDED', text, plain, true)).toBe(`{"type":"ADDED","object":${text}}`);
  const table = await specOf(api, `GET ${PODS}?watch=1`, TABLE);
  const [first, later] = [true, false].map((isFirst) => JSON.parse(renderer.event('MODIFIED', text, table, isFirst)));
  expect(first.object).toMatchObject({ kind: 'Table', rows: [{ object: { metadata: { name: 'web' } } }] });
  expect([first.object.columnDefinitions.length > 0, later.object.columnDefinitions]).toEqual([true, []]);
  expect(JSON.parse(renderer.bookmark(plain, 9, true)).object).toEqual({
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { resourceVersion: '9', annotations: { 'k8s.io/initial-events-end': 'true' } },
    spec: {},
    status: {},
  });
  const shown = (isFirst: boolean) => JSON.parse(renderer.bookmark(table, 9, true, isFirst)).object.columnDefinitions;
  expect([shown(true).length > 0, shown(false)]).toEqual([true, []]);
  expect(JSON.parse(renderer.expired(plain, 1, 5)).object).toMatchObject({
    code: 410,
    reason: 'Expired',
    message: 'too old resource version: 1 (5)',
  });
});

test('only watches with selectors need a matcher', async () => {
  const api = await testApi();
  expect(matcherFactory(kinds)(await specOf(api, `GET ${PODS}?watch=1`))).toBeUndefined();
  const matcher = matcherFactory(kinds)(await specOf(api, `GET ${PODS}?watch=1&labelSelector=app%3Dweb`));
  const object = (app: string) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { labels: { app } } });
  expect([matcher?.matches(object('web')), matcher?.matches(object('db'))]).toEqual([true, false]);
});
