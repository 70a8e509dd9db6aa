import { expect, test } from 'vitest';
import {
  type CustomKindSpec,
  customKinds,
  DefinitionGone,
  factsOf,
  lazyCustomKinds,
} from '../../../kube/kinds/custom/custom-kind.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { type Outbound, OutboundError, type OutboundRequest } from '../outbound.ts';
import { type TestApi, testApi } from '../testing/harness.ts';
import { APPLY, MERGE } from '../testing/objects.ts';

interface Port extends KubeObject {
  spec: { address?: string; host?: string; port?: string; size?: number; count?: number };
}

/** v1 has `address`, and v2 `host` and `port`. */
function converted(object: Port, to: string): Port {
  const { address, host, port, size, count, ...rest } = object.spec;
  if (object.apiVersion === to) return object;
  const [h, p] = address?.split(':') ?? [];
  const spec =
    to === 'example.com/v2'
      ? { ...rest, host: h, port: p, count: size }
      : { ...rest, address: `${host}:${port}`, size: count };
  return { ...object, apiVersion: to, spec };
}

const field = (type: string, more: object = {}) => ({ type, ...more });
function spec(storage: string, path = 'ok', strategy = 'Webhook'): CustomKindSpec {
  const version = (name: string, properties: object, scale: string) => ({
    name,
    served: true,
    storage: name === storage,
    subresources: { status: {}, scale: { specReplicasPath: scale, statusReplicasPath: '.status.size' } },
    selectableFields: name === 'v2' ? [{ jsonPath: '.spec.host' }] : [],
    additionalPrinterColumns: name === 'v2' ? [{ name: 'Host', type: 'string', jsonPath: '.spec.host' }] : [],
    schema: {
      openAPIV3Schema: {
        type: 'object',
        properties: {
          spec: { type: 'object', properties },
          status: { type: 'object', properties: { size: field('integer') } },
        },
      },
    },
  });
  return {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'ports', kind: 'Port' },
    versions: [
      version('v1', { address: field('string'), size: field('integer') }, '.spec.size'),
      version('v2', { host: field('string'), port: field('string'), count: field('integer') }, '.spec.count'),
    ] as CustomKindSpec['versions'],
    conversion: {
      strategy,
      webhook: {
        conversionReviewVersions: ['v1'],
        clientConfig: { url: `https://hooks.example.com/${path}`, caBundle: btoa('CA') },
      },
    },
  };
}

const V1 = '/apis/example.com/v1/namespaces/default/ports';
const V2 = '/apis/example.com/v2/namespaces/default/ports';
const port = (version: string, name: string, given: Port['spec']): object => ({
  apiVersion: `example.com/${version}`,
  kind: 'Port',
  metadata: { name },
  spec: given,
});

interface Asked {
  request: OutboundRequest;
  /** `3>example.com/v2` */
  what: string;
}

/** An API server with ports, and a webhook that tells what it was asked. `before` runs before it answers. */
async function withPorts(
  before: (api: TestApi, asked: readonly Asked[]) => Promise<unknown> | undefined = () => undefined,
) {
  const asked: Asked[] = [];
  const outbound: Outbound = async (request) => {
    const { apiVersion, request: ask } = JSON.parse(request.body ?? '');
    asked.push({ request, what: `${ask.objects.length}>${ask.desiredAPIVersion}` });
    await before(api, asked);
    if ('url' in request.to && request.to.url.includes('/down')) throw new OutboundError('connect: connection refused');
    const convertedObjects = ask.objects.map((object: Port) => converted(object, ask.desiredAPIVersion));
    const response = { uid: ask.uid, result: { status: 'Success' }, convertedObjects };
    return { status: 200, headers: {}, body: JSON.stringify({ kind: 'ConversionReview', apiVersion, response }) };
  };
  const api = await testApi({ outbound });
  const define = (given: CustomKindSpec) => api.kinds.define('ports.example.com', customKinds(given));
  define(spec('v1'));
  const take = () => asked.splice(0).map(({ what }) => what);
  return { ...api, asked, take, define };
}

test('the version that objects are stored in needs no webhook', async () => {
  const { create, call, take } = await withPorts();
  await create(V1, port('v1', 'a', { address: 'h:1' }));
  await call(`PATCH ${V1}/a`, { headers: MERGE, body: { spec: { address: 'h:2' } } });
  await call(`GET ${V1}`);
  await call(`DELETE ${V1}/a`);
  expect(take()).toEqual([]);
});

test('a GET is converted, a list by one question for all of its objects, and selected in the version of the request', async () => {
  const { create, call, take, asked } = await withPorts();
  for (const name of ['a', 'b', 'c']) await create(V1, port('v1', name, { address: `h-${name}:1` }));
  expect((await call<Port>(`GET ${V2}/a`)).body).toMatchObject({
    apiVersion: 'example.com/v2',
    spec: { host: 'h-a', port: '1' },
  });
  expect(asked[0]?.request).toMatchObject({
    to: { url: 'https://hooks.example.com/ok?timeout=30s' },
    caBundle: 'CA',
    method: 'POST',
  });
  take();
  const hosts = async (query = '') =>
    (await call<{ items: Port[] }>(`GET ${V2}${query}`)).body.items.map(({ spec: { host } }) => host);
  expect(await hosts()).toEqual(['h-a', 'h-b', 'h-c']);
  expect(await hosts('?fieldSelector=spec.host%3Dh-b')).toEqual(['h-b']);
  expect(take()).toEqual(['3>example.com/v2', '3>example.com/v2']);
  const page = await call<{ items: Port[]; metadata: { continue: string; remainingItemCount: number } }>(
    `GET ${V2}?limit=2`,
  );
  expect([page.body.items.length, page.body.metadata.remainingItemCount]).toEqual([2, 1]);
  expect(await hosts(`?limit=2&continue=${page.body.metadata.continue}`)).toEqual(['h-c']);
  expect(take()).toEqual(['2>example.com/v2', '1>example.com/v2']);
  const table = await call<{ rows: { cells: string[] }[] }>(`GET ${V2}`, {
    headers: { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' },
  });
  expect(table.body.rows.map(({ cells }) => cells)).toEqual([
    ['a', 'h-a'],
    ['b', 'h-b'],
    ['c', 'h-c'],
  ]);
});

test('writes in another version are stored in the one of the definition', async () => {
  const { create, call, store } = await withPorts();
  const stored = (name: string): Port => JSON.parse(store.get(`ports.example.com/default/${name}`)?.text ?? '{}');
  const made = await create<Port>(V2, port('v2', 'a', { host: 'h', port: '1' }));
  expect(made).toMatchObject({ apiVersion: 'example.com/v2', spec: { host: 'h', port: '1' } });
  expect(stored('a')).toMatchObject({ apiVersion: 'example.com/v1', spec: { address: 'h:1' } });
  await call(`PUT ${V2}/a`, { body: { ...made, spec: { host: 'g', port: '1' } } });
  await call(`PATCH ${V2}/a`, { headers: MERGE, body: { spec: { port: '2' } } });
  await call(`PATCH ${V2}/a/status`, { headers: MERGE, body: { status: { size: 4 } } });
  await call(`PATCH ${V2}/a/scale`, { headers: MERGE, body: { spec: { replicas: 5 } } });
  expect(stored('a')).toMatchObject({
    spec: { address: 'g:2', size: 5 },
    status: { size: 4 },
    metadata: { generation: 4 },
  });
  const scale = await call<{ spec: object }>(`GET ${V2}/a/scale`);
  expect(scale.body.spec).toEqual({ replicas: 5 });
});

test('managers own fields in the version in which they set them', async () => {
  const { call } = await withPorts();
  const apply = (path: string, manager: string, body: object) =>
    call<Port & { message: string }>(`PATCH ${path}/a?fieldManager=${manager}`, { headers: APPLY, body });
  expect((await apply(V2, 'two', port('v2', 'a', { host: 'h', port: '1' }))).status).toBe(201);
  const refused = await apply(V1, 'one', port('v1', 'a', { address: 'g:1' }));
  expect(refused.status).toBe(409);
  // The port is the same, so nothing is taken from its owner.
  expect(refused.body.message).toBe('Apply failed with 1 conflict: conflict with "two": .spec.host');
  const { body } = await apply(V1, 'one&force=true', port('v1', 'a', { address: 'g:2' }));
  expect(body.spec).toEqual({ address: 'g:2' });
  expect(body.metadata.managedFields).toMatchObject([{ manager: 'one', apiVersion: 'example.com/v1' }]);
});

test('an object that changes while the webhook is asked is converted anew, and nothing is lost', async () => {
  let isDone = false;
  const { create, call, store } = await withPorts((api, asked) => {
    // The write's own conversion, once the object has been read.
    if (isDone || asked.at(-1)?.what !== '1>example.com/v1') return undefined;
    isDone = true;
    return api.call(`PATCH ${V1}/a`, { headers: MERGE, body: { spec: { size: 7 } } });
  });
  await create(V1, port('v1', 'a', { address: 'h:1' }));
  const answer = await call<Port>(`PATCH ${V2}/a`, { headers: MERGE, body: { spec: { port: '2' } } });
  expect(answer.body.spec).toEqual({ host: 'h', port: '2', count: 7 });
  expect(isDone).toBe(true);
  expect(JSON.parse(store.get('ports.example.com/default/a')?.text ?? '').spec).toEqual({ address: 'h:2', size: 7 });
});

test('a webhook that fails is named with the reason, and nothing is written', async () => {
  const { create, call, define, store, reported } = await withPorts();
  await create(V1, port('v1', 'a', { address: 'h:1' }));
  define(spec('v1', 'down'));
  const { revision } = store;
  const why = 'Kind=Port failed: Post "https://hooks.example.com/down?timeout=30s": connect: connection refused';
  const cases: [line: string, from: string, options?: object][] = [
    [`GET ${V2}/a`, 'v1'],
    [`GET ${V2}`, 'v1'],
    [`POST ${V2}`, 'v2', { body: port('v2', 'b', { host: 'h' }) }],
    [`PATCH ${V2}/a`, 'v1', { headers: MERGE, body: { spec: { port: '2' } } }],
    [`DELETE ${V2}/a`, 'v1'],
    [`DELETE ${V2}`, 'v1'],
  ];
  for (const [line, from, options] of cases) {
    const { status, body } = await call(line, options);
    expect([line, status, body.message]).toEqual([line, 500, `conversion webhook for example.com/${from}, ${why}`]);
  }
  expect(store.revision).toBe(revision);
  expect(reported).toEqual([]);
  define(spec('v1'));
  expect((await call(`GET ${V2}/a`)).status).toBe(200);
  const { text } = await call('GET /metrics');
  expect(text).toMatch(/^apiserver_conversion_webhook_request_total\{failure_type="",result="success"\} [1-9]/m);
  expect(text).toMatch(
    /^apiserver_conversion_webhook_request_total\{failure_type=".*_failure",result="failure"\} [1-9]/m,
  );
});

test('a webhook that takes its time does not hold up a request for longer than a minute', async () => {
  const { create, call } = await withPorts(async ({ clock }) => {
    clock.time += 25_000;
  });
  await create(V1, port('v1', 'a', { address: 'h:1' }));
  const { status, body } = await call(`PATCH ${V2}/a`, { headers: MERGE, body: { spec: { port: '2' } } });
  expect([status, body.message]).toEqual([504, 'Timeout: request did not complete within the allotted timeout']);
});

test('a definition that goes while its webhook is asked leaves no object behind, and a request is answered', async () => {
  const gone: ((api: TestApi) => void)[] = [];
  const { call, create, define, store } = await withPorts(async (api) => gone.pop()?.(api));
  await create(V1, port('v1', 'a', { address: 'h:1' }));
  const during = async (end: (api: TestApi) => void, line: string, body?: object) => {
    gone.push(end);
    const { status, body: answer } = await call(line, { body, headers: line.startsWith('PATCH') ? MERGE : {} });
    define(spec('v1'));
    // A page has no body in JSON.
    return [status, answer?.message];
  };
  const remove = ({ kinds }: TestApi): void => kinds.remove('ports.example.com');
  const terminate = ({ kinds }: TestApi): void => kinds.terminate('ports.example.com');
  const made = port('v2', 'b', { host: 'h', port: '2' });
  expect((await during(remove, `POST ${V2}`, made))[0]).toBe(404);
  expect(await during(terminate, `POST ${V2}`, made)).toEqual([
    403,
    'ports.example.com "b" is forbidden: create not allowed while custom resource definition is terminating',
  ]);
  expect(store.get('ports.example.com/default/b')).toBeUndefined();
  expect((await during(remove, `GET ${V2}/a`))[0]).toBe(200);
});

test('a definition whose text is gone is not served', async () => {
  const { call, create, kinds } = await withPorts();
  await create(V1, port('v1', 'a', { address: 'h:1' }));
  const facts = factsOf(spec('v1'), 'x', Number.MAX_SAFE_INTEGER);
  const read = (): never => {
    throw new DefinitionGone();
  };
  kinds.define('ports.example.com', lazyCustomKinds(facts, read));
  for (const path of [`${V2}/a`, V2]) expect((await call(`GET ${path}`)).status).toBe(404);
});

test('objects of an earlier storage version are converted as they are read, and stored anew by the next write', async () => {
  const { create, call, define, store, take } = await withPorts();
  await create(V1, port('v1', 'a', { address: 'h:1' }));
  define(spec('v2'));
  expect((await call<Port>(`GET ${V1}/a`)).body.spec).toEqual({ address: 'h:1' });
  expect(take()).toEqual([]);
  await call(`PATCH ${V1}/a`, { headers: MERGE, body: {} });
  expect(JSON.parse(store.get('ports.example.com/default/a')?.text ?? '')).toMatchObject({
    apiVersion: 'example.com/v2',
    spec: { host: 'h' },
  });
});

test('a collection is deleted and answered in the version of the request', async () => {
  const { create, call, store } = await withPorts();
  for (const name of ['a', 'b']) await create(V1, port('v1', name, { address: 'h:1' }));
  const { body } = await call<{ items: Port[] }>(`DELETE ${V2}`);
  expect(body.items.map(({ spec: { host } }) => host)).toEqual(['h', 'h']);
  expect(store.count('ports.example.com/')).toBe(0);
});
