import { expect, test } from 'vitest';
import type { Outbound, OutboundRequest, OutboundResponse } from '../outbound.ts';
import { testApi } from '../testing/harness.ts';

const PATH = '/apis/apiregistration.k8s.io/v1/apiservices';
const THINGS = {
  resource: 'things',
  responseKind: null,
  scope: 'Namespaced',
  singularResource: 'thing',
  verbs: ['get'],
};
const LISTED = {
  kind: 'APIResourceList',
  resources: [{ name: 'others', singularName: 'other', namespaced: false, kind: 'Other', verbs: ['list'] }],
};
const DOCUMENT = { openapi: '3.0.0', paths: { '/apis/back.dev/v1/': {} }, components: {} };

const SWAGGER = {
  swagger: '2.0',
  paths: { '/apis/back.dev/v1/things': { get: { responses: {} } }, '/apis/other.dev/v1/things': { get: {} } },
  definitions: {},
};

/** Serves back.dev/v1 in aggregated discovery, and v1beta1 in a document of its own alone. */
function answer({ to }: OutboundRequest): OutboundResponse {
  const path = 'service' in to ? to.service.path : '';
  const json = (object: object): OutboundResponse => ({ status: 200, headers: {}, body: JSON.stringify(object) });
  if (path === '/apis') {
    return json({ items: [{ metadata: { name: 'back.dev' }, versions: [{ version: 'v1', resources: [THINGS] }] }] });
  }
  if (path === '/openapi/v3') {
    return json({ paths: { 'apis/back.dev/v1': { serverRelativeURL: '/openapi/v3/apis/back.dev/v1?hash=AB12' } } });
  }
  if (path === '/openapi/v3/apis/back.dev/v1') return json(DOCUMENT);
  if (path === '/openapi/v2') return json(SWAGGER);
  return json(LISTED);
}

async function withServices(answering: Outbound = async (request) => answer(request)) {
  const notes = new Map<string, string>();
  const asked: string[] = [];
  const port = {
    read: (name: string) => notes.get(name),
    write: (name: string, text: string) => void notes.set(name, text),
    forget: (name: string) => void notes.delete(name),
  };
  const api = await testApi({
    notes: port,
    outbound: async (request) => {
      asked.push('service' in request.to ? request.to.service.path : '');
      return answering(request);
    },
  });
  const { create, call } = api;
  const spec = { type: 'ExternalName', externalName: 'localhost' };
  await create('/api/v1/namespaces/default/services', { metadata: { name: 'back' }, spec });
  for (const [version, versionPriority] of [
    ['v1', 10],
    ['v1beta1', 20],
  ] as const) {
    const service = { namespace: 'default', name: 'back' };
    const one = { group: 'back.dev', version, groupPriorityMinimum: 17_450, versionPriority, service };
    await create(PATH, { metadata: { name: `${version}.back.dev` }, spec: one });
  }
  const check = async (version: string): Promise<void> => {
    const { body } = await call(`GET ${PATH}/${version}.back.dev`);
    const next = await api.api.aggregation.availability.check(body as never);
    if (next) await call(`PUT ${PATH}/${version}.back.dev/status`, { body: next });
  };
  return { ...api, check, asked, notes: port, noted: notes };
}

const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

test('an aggregated group is found by its priority, stale until its server has answered', async () => {
  const { call, check } = await withServices();
  const aggregated = async () =>
    (await call<{ items: { metadata: { name: string }; versions: object[] }[] }>('GET /apis', { headers: { accept } }))
      .body.items;
  const find = async () => (await aggregated()).find(({ metadata }) => metadata.name === 'back.dev')?.versions;
  expect(await find()).toEqual([
    { version: 'v1beta1', freshness: 'Stale' },
    { version: 'v1', freshness: 'Stale' },
  ]);
  await check('v1');
  await check('v1beta1');
  expect(await find()).toEqual([
    {
      version: 'v1beta1',
      resources: [
        {
          resource: 'others',
          responseKind: { group: '', version: '', kind: 'Other' },
          scope: 'Cluster',
          singularResource: 'other',
          verbs: ['list'],
        },
      ],
      freshness: 'Current',
    },
    {
      version: 'v1',
      resources: [{ ...THINGS, responseKind: { group: '', version: '', kind: '' } }],
      freshness: 'Current',
    },
  ]);
  const names = (await aggregated()).map(({ metadata }) => metadata.name);
  const at = names.indexOf('back.dev');
  expect([names[at - 1], names[at + 1]]).toEqual(['autoscaling', 'batch']);
  const plain = await call<{ groups: { name: string }[] }>('GET /apis');
  expect(plain.body.groups.map(({ name }) => name)).toEqual(names);
  expect((await call('GET /apis/back.dev')).body).toEqual({
    kind: 'APIGroup',
    apiVersion: 'v1',
    name: 'back.dev',
    versions: [
      { groupVersion: 'back.dev/v1beta1', version: 'v1beta1' },
      { groupVersion: 'back.dev/v1', version: 'v1' },
    ],
    preferredVersion: { groupVersion: 'back.dev/v1beta1', version: 'v1beta1' },
  });
  expect((await call('GET /apis/apps')).body).toMatchObject({ kind: 'APIGroup', name: 'apps' });
});

test('its OpenAPI document is in the index with the hash that it has there', async () => {
  const { call, check, asked } = await withServices();
  expect((await call('GET /openapi/v3/apis/back.dev/v1')).status).toBe(404);
  await check('v1');
  expect((await call<{ paths: object }>('GET /openapi/v3')).body.paths).toEqual({
    'apis/back.dev/v1': { serverRelativeURL: '/openapi/v3/apis/back.dev/v1?hash=AB12' },
  });
  const { headers, body } = await call('GET /openapi/v3/apis/back.dev/v1');
  expect([headers.etag, headers['islet-whole'], body]).toEqual(['"AB12"', '1', DOCUMENT]);
  expect(asked.at(-1)).toBe('/openapi/v3/apis/back.dev/v1');
});

test('a server that tells of more resources than are kept has none, and what is kept goes with the APIService', async () => {
  let names = ['others'];
  const { call, check, noted } = await withServices(async () => {
    const resources = names.map((name) => ({ name, kind: 'Other', verbs: ['list'] }));
    return { status: 200, headers: {}, body: JSON.stringify({ resources }) };
  });
  const size = () => [...noted.values()].reduce((sum, text) => sum + text.length, 0);
  await check('v1');
  expect(noted.get('remote-discovery/v1.back.dev')).toContain('"others"');
  names = Array.from({ length: 20_000 }, (_, i) => `resource${i}`);
  await check('v1');
  expect(size()).toBeLessThan(1000);
  const { body } = await call<{ items: { metadata: object; versions: object[] }[] }>('GET /apis', {
    headers: { accept },
  });
  const found = body.items.find(({ metadata }) => (metadata as { name: string }).name === 'back.dev');
  expect(found?.versions).toContainEqual({ version: 'v1', freshness: 'Current' });
  await call(`DELETE ${PATH}/v1.back.dev`);
  expect(noted.has('remote-discovery/v1.back.dev')).toBe(false);
});

test('no APIService leads those for APIServices elsewhere', async () => {
  const { call, create } = await withServices();
  const service = { namespace: 'default', name: 'back' };
  const group = 'apiregistration.k8s.io';
  const spec = { group, version: 'v1', groupPriorityMinimum: 1, versionPriority: 1, service };
  await create(PATH, { metadata: { name: `v1.${group}` }, spec });
  expect((await call(`GET ${PATH}`)).status).toBe(200);
  expect((await call(`DELETE ${PATH}/v1.${group}`)).status).toBe(200);
});

test('authorities that are no base64 are refused, and spoil no other request', async () => {
  const { call } = await withServices();
  const spec = {
    group: 'b.dev',
    version: 'v1',
    groupPriorityMinimum: 1,
    versionPriority: 1,
    caBundle: '!!',
    service: { namespace: 'default', name: 'back' },
  };
  const { status } = await call(`POST ${PATH}`, { body: { metadata: { name: 'v1.b.dev' }, spec } });
  expect(status).toBe(400);
  expect((await call('GET /api/v1/namespaces')).status).toBe(200);
});

test('its part of the document of version 2 is asked for once for each content', async () => {
  const { call, check, asked } = await withServices();
  expect((await call('GET /openapi/v2')).headers['islet-aggregated']).toBeUndefined();
  await check('v1');
  for (let times = 0; times < 2; times++) {
    const { headers, body } = await call<{ own: object; aggregated: { paths: object }[] }>('GET /openapi/v2');
    expect(headers['islet-aggregated']).toBe('1');
    expect(body.own).toMatchObject({ swagger: '2.0', paths: {} });
    expect(body.aggregated.map(({ paths }) => Object.keys(paths))).toEqual([['/apis/back.dev/v1/things']]);
  }
  expect(asked.filter((path) => path === '/openapi/v2').length).toBe(1);
});

test('a look at discovery asks at most five old APIs at once, and each of them', async () => {
  let [now, most] = [0, 0];
  const waiting: (() => void)[] = [];
  const { create, call, asked } = await withServices(async (request) => {
    most = Math.max(most, ++now);
    await new Promise<void>((resolve) => void waiting.push(resolve));
    now--;
    return answer(request);
  });
  const group = (at: number): string => `g${at}.dev`;
  for (let at = 0; at < 12; at++) {
    const service = { namespace: 'default', name: 'back' };
    const spec = { group: group(at), version: 'v1', groupPriorityMinimum: 1, versionPriority: 1, service };
    await create(PATH, { metadata: { name: `v1.${group(at)}` }, spec });
  }
  for (let times = 0; times < 2; times++) expect((await call('GET /apis')).status).toBe(200);
  await expect.poll(() => now).toBe(5);
  for (let times = 0; times < 200; times++) {
    for (const go of waiting.splice(0)) go();
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  const first = asked.filter((path) => /^\/apis\/g\d+\.dev\/v1$/.test(path));
  expect([first.length, new Set(first).size]).toEqual([12, 12]);
  // Each that answers is asked for its two documents beside one another.
  expect(most).toBeLessThanOrEqual(10);
});
