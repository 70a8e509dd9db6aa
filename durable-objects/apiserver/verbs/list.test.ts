import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { customKinds } from '../../../kube/kinds/custom/custom-kind.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Status } from '../../../kube/machinery/status.ts';
import { WIDGET_SPEC, WIDGETS_CRD } from '../../testing/widgets.ts';
import { type TestApi, testApi } from '../testing/harness.ts';
import { configMap, DEPLOYMENTS, deployment, MAPS, MERGE, node, PODS, pod, TABLE } from '../testing/objects.ts';

interface List {
  kind: string;
  metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number };
  items: KubeObject[];
}

const names = ({ items }: List) => items.map(({ metadata }) => metadata.name);

async function withMaps(count: number): Promise<TestApi & { list(query: string): Promise<List & Status> }> {
  const api = await testApi();
  for (let i = 0; i < count; i++) await api.create(MAPS, configMap(`c-${i}`, { n: String(i) }));
  return { ...api, list: async (query) => (await api.call<List & Status>(`GET ${MAPS}?${query}`)).body };
}

test('pages show the state at the first page, whatever is written meanwhile', async () => {
  const { list, create, call } = await withMaps(5);
  const first = await list('limit=2');
  expect([names(first), first.metadata.remainingItemCount]).toEqual([['c-0', 'c-1'], 3]);
  await create(MAPS, configMap('c-2a'));
  await call(`DELETE ${MAPS}/c-4`);
  const second = await list(`limit=2&continue=${first.metadata.continue}`);
  expect([names(second), second.metadata.resourceVersion]).toEqual([['c-2', 'c-3'], first.metadata.resourceVersion]);
  const last = await list(`limit=2&continue=${second.metadata.continue}`);
  expect([names(last), last.metadata.continue, last.metadata.remainingItemCount]).toEqual([
    ['c-4'],
    undefined,
    undefined,
  ]);
});

test('a limit counts what a selector lets through', async () => {
  const { list, call } = await withMaps(9);
  for (const i of [1, 4, 7]) {
    await call(`PATCH ${MAPS}/c-${i}`, { body: { metadata: { labels: { pick: 'me' } } }, headers: MERGE });
  }
  const first = await list('limit=2&labelSelector=pick%3Dme');
  expect([names(first), first.metadata.remainingItemCount]).toEqual([['c-1', 'c-4'], undefined]);
  const second = await list(`limit=2&labelSelector=pick%3Dme&continue=${first.metadata.continue}`);
  expect([names(second), second.metadata.continue]).toEqual([['c-7'], undefined]);
});

test('a list in YAML says the same, and lets others have their turn while it is printed', async () => {
  const { call, send, create } = await withMaps(0);
  const accept = 'application/yaml';
  const none = await call(`GET ${MAPS}`, { headers: { accept } });
  expect(parse(none.text)).toEqual((await call(`GET ${MAPS}`)).body);
  for (let i = 0; i < 60; i++) await create(MAPS, configMap(`c-${i}`, { text: 'x: "y"\n'.repeat(200) }));
  for (const headers of [
    { accept },
    { accept: `application/yaml;${TABLE.accept.split(/[;,]/).slice(1, 4).join(';')}` },
  ]) {
    const asJson = { accept: headers.accept.replace('yaml', 'json') };
    const { body } = await call(`GET ${MAPS}`, { headers: asJson });
    expect(parse((await call(`GET ${MAPS}`, { headers })).text)).toEqual(body);
  }
  const answer = await send(`GET ${MAPS}`, { headers: { accept } });
  const turns = [0];
  for (const piece of (answer as { body: Iterable<string> }).body) {
    if (piece === '') turns.push(0);
    else turns[turns.length - 1] = (turns.at(-1) ?? 0) + piece.length;
  }
  expect(Math.max(...turns)).toBeLessThan(24 * 1024);
});

test.each(['limit=500', 'limit=500&labelSelector=a%3Db'])('large objects make a page of %s shorter', async (query) => {
  const { list, create } = await withMaps(0);
  const data = { text: 'x'.repeat(1_000_000) };
  for (let i = 0; i < 12; i++) await create(MAPS, { metadata: { name: `c-${i}`, labels: { a: 'b' } }, data });
  const first = await list(query);
  expect(first.items.length).toBeLessThan(10);
  const second = await list(`${query}&continue=${first.metadata.continue}`);
  expect([first.items.length + second.items.length, second.metadata.continue]).toEqual([12, undefined]);
});

test('Exact lists the state of a revision, and NotOlderThan may list the present one', async () => {
  const { list, call, store } = await withMaps(2);
  const then = store.revision;
  await call(`DELETE ${MAPS}/c-0`);
  expect(names(await list(`resourceVersion=${then}&resourceVersionMatch=Exact`))).toEqual(['c-0', 'c-1']);
  expect(names(await list(`resourceVersion=${then}&limit=5`))).toEqual(['c-0', 'c-1']);
  expect(names(await list(`resourceVersion=${then}&resourceVersionMatch=NotOlderThan`))).toEqual(['c-1']);
  expect(names(await list(`resourceVersion=${then}`))).toEqual(['c-1']);
  expect(names(await list('resourceVersion=0'))).toEqual(['c-1']);
});

test.each([
  [
    'resourceVersionMatch=Exact',
    422,
    'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
  ],
  [
    'resourceVersion=0&resourceVersionMatch=Exact',
    422,
    'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"',
  ],
  [
    'resourceVersion=abc',
    400,
    'invalid resource version: resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax',
  ],
  ['resourceVersion=99999', 504, /^Timeout: Too large resource version: 99999, current: \d+$/],
  ['labelSelector=a%3Db%3Dc', 400, "found '=', expected: ',' or 'end of string'"],
  ['labelSelector=a%20in%20(', 400, "unable to parse requirement: found '', expected: ',', ')' or identifier"],
  ['labelSelector=a%3D%3D%3Db', 400, "unable to parse requirement: found '=', expected: identifier"],
  [
    'fieldSelector=spec.nothing%3Da',
    400,
    '"spec.nothing" is not a known field selector: only "metadata.name", "metadata.namespace"',
  ],
  ['continue=abc', 400, /^invalid continue token: continue key is not valid: /],
  [
    'continue=eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6Nywic3RhcnQiOiJhIn0&resourceVersion=7',
    400,
    'specifying resource version is not allowed when using continue',
  ],
  [
    'sendInitialEvents=true',
    422,
    'ListOptions.meta.k8s.io "" is invalid: sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list',
  ],
])('a list with %s is refused', async (query, code, message) => {
  const { list } = await withMaps(1);
  const body = await list(query);
  expect(body.code).toBe(code);
  if (typeof message === 'string') expect(body.message).toBe(message);
  else expect(body.message).toMatch(message);
});

test('a continue token that is too old comes with one that goes on from now', async () => {
  const { list, store, clock, create } = await withMaps(3);
  const first = await list('limit=1');
  clock.time += 24 * 3600_000;
  for (let i = 0; i < 3; i++) await create(MAPS, configMap(`d-${i}`));
  while (store.compact(Date.now() + 100 * 24 * 3600_000)) {
    // Until nothing is left to forget.
  }
  const expired = (await list(`limit=1&continue=${first.metadata.continue}`)) as unknown as Status & List;
  expect([expired.code, expired.reason]).toEqual([410, 'Expired']);
  expect(expired.message).toMatch(/^The provided continue parameter is too old to display a consistent list result\./);
  const next = await list(`limit=1&continue=${expired.metadata.continue}`);
  expect(names(next)).toEqual(['c-1']);
});

test('a continue token is good for as long as nothing was written, and for five minutes after', async () => {
  const { list, clock, create } = await withMaps(3);
  const { metadata } = await list('limit=1');
  const goOn = async () => ((await list(`limit=1&continue=${metadata.continue}`)) as unknown as Status).code;
  clock.time += 3600_000;
  expect(await goOn()).toBeUndefined();
  await create(MAPS, configMap('d'));
  clock.time += 5 * 60_000;
  expect(await goOn()).toBeUndefined();
  clock.time += 1000;
  expect(await goOn()).toBe(410);
});

test('more objects than one piece are one JSON text in key order', async () => {
  const { list } = await withMaps(450);
  const all = await list('');
  expect(all.items).toHaveLength(450);
  expect(names(all)).toEqual([...names(all)].sort());
});

test('objects are found by labels and fields across namespaces', async () => {
  const { call, create } = await testApi();
  await create('/api/v1/namespaces/kube-system/serviceaccounts', { metadata: { name: 'default' } });
  await create(PODS, pod('a', { labels: { tier: 'web' }, spec: { nodeName: 'n1' } }));
  await create('/api/v1/namespaces/kube-system/pods', pod('b', { labels: { tier: 'db' }, spec: { nodeName: 'n1' } }));
  await create(PODS, pod('c', { labels: { tier: 'db' } }));
  const find = async (query: string) => names((await call<List>(`GET /api/v1/pods?${query}`)).body);
  expect(await find('labelSelector=tier%20in%20(db)')).toEqual(['c', 'b']);
  expect(await find('labelSelector=tier!%3Ddb')).toEqual(['a']);
  expect(await find('fieldSelector=spec.nodeName%3Dn1,metadata.namespace%3Ddefault')).toEqual(['a']);
  expect(await find('fieldSelector=spec.nodeName%3D')).toEqual(['c']);
  expect(await find('fieldSelector=metadata.name!%3Da&labelSelector=tier')).toEqual(['c', 'b']);
});

test('kubectl is shown a table, with the objects it asks for', async () => {
  const { call, create } = await testApi();
  await create(DEPLOYMENTS, deployment('web'));
  interface Table {
    kind: string;
    columnDefinitions: { name: string }[];
    rows: { cells: unknown[]; object: KubeObject | null }[];
  }
  const table = (await call<Table>(`GET ${DEPLOYMENTS}`, { headers: TABLE })).body;
  expect(table.kind).toBe('Table');
  expect(table.columnDefinitions.map(({ name }) => name)).toEqual([
    'Name',
    'Ready',
    'Up-to-date',
    'Available',
    'Age',
    'Containers',
    'Images',
    'Selector',
  ]);
  expect(table.rows[0]?.cells.slice(0, 4)).toEqual(['web', '0/3', 0, 0]);
  expect(table.rows[0]?.object).toMatchObject({ kind: 'PartialObjectMetadata', metadata: { name: 'web' } });
  expect(table.rows[0]?.object).not.toHaveProperty('spec');
  const whole = (await call<Table>(`GET ${DEPLOYMENTS}/web?includeObject=Object`, { headers: TABLE })).body;
  expect(whole.rows[0]?.object?.kind).toBe('Deployment');
  const none = (await call<Table>(`GET ${DEPLOYMENTS}?includeObject=None`, { headers: TABLE })).body;
  expect(none.rows[0]?.object).toBeNull();
});

test('items of a built-in kind do not say their kind, as upstream prints them', async () => {
  const { call, create } = await testApi();
  await create(MAPS, configMap('a', { kind: 'x' }));
  const [listed] = (await call<List>(`GET ${MAPS}`)).body.items;
  const { kind, apiVersion, ...rest } = (await call<KubeObject>(`GET ${MAPS}/a`)).body;
  expect([kind, apiVersion, listed]).toEqual(['ConfigMap', 'v1', rest]);
  expect((await call<List>(`DELETE ${MAPS}`)).body.items).toEqual([rest]);
});

test('a list of custom resources says that there is no more, and others do not', async () => {
  const api = await testApi();
  api.kinds.define(WIDGETS_CRD, customKinds(WIDGET_SPEC));
  const widgets = '/apis/example.com/v1/namespaces/default/widgets';
  for (const verb of ['GET', 'DELETE']) {
    expect((await api.call<List>(`${verb} ${widgets}`)).body.metadata).toHaveProperty('continue', '');
    expect((await api.call<List>(`${verb} ${MAPS}`)).body.metadata).not.toHaveProperty('continue');
  }
});

test('metadata alone is a list of PartialObjectMetadata', async () => {
  const { call, create } = await testApi();
  const accept = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io';
  const ofNone = await call<List>('GET /api/v1/nodes', { headers: { accept } });
  expect([ofNone.body.items, (await call<List>('GET /api/v1/nodes')).body.items]).toEqual([null, []]);
  const rows = async (path: string) => (await call<{ rows: unknown }>(`GET ${path}`, { headers: TABLE })).body.rows;
  expect([await rows('/api/v1/limitranges'), await rows('/api/v1/nodes')]).toEqual([null, []]);
  await create('/api/v1/nodes', node('n1'));
  const { body } = await call<List>('GET /api/v1/nodes', { headers: { accept } });
  expect([body.kind, body.items[0]?.kind, body.items[0]?.apiVersion]).toEqual([
    'PartialObjectMetadataList',
    'PartialObjectMetadata',
    'meta.k8s.io/v1',
  ]);
});

test('a list that finds little lets other requests in between', async () => {
  let pauses = 0;
  const { call, send, create } = await testApi({ sleep: async () => void pauses++ });
  const text = 'x'.repeat(240_000);
  await Promise.all(Array.from({ length: 12 }, (_, i) => create(MAPS, configMap(`m-${i}`, { text }))));
  const { body } = await call<List>(`GET ${MAPS}?limit=5&labelSelector=app%3Dnone`);
  expect([names(body), pauses]).toEqual([[], 1]);
  const all = await send(`GET ${MAPS}?labelSelector=app%3Dnone`);
  if (all.type !== 'response') throw new Error('no response');
  expect([...all.body].map((piece) => piece.slice(0, 8))).toEqual(['{"kind":', '', '', '[]}\n']);
  expect((await call(`DELETE ${MAPS}?labelSelector=app%3Dnone`)).status).toBe(200);
  expect(pauses).toBe(3);
});

test('flow schemas are shown in the order in which they are matched, and listed by name', async () => {
  const { call, create } = await testApi();
  const schemas = '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas';
  const make = (name: string, matchingPrecedence: number) =>
    create(schemas, {
      metadata: { name },
      spec: { matchingPrecedence, priorityLevelConfiguration: { name: 'exempt' } },
    });
  await make('a', 900);
  await make('c', 50);
  await make('b', 900);
  const table = await call<{ rows: { cells: unknown[] }[] }>(`GET ${schemas}`, { headers: TABLE });
  const rows = table.body.rows.map(({ cells }) => cells[0] as string);
  expect(rows.slice(0, 3)).toEqual(['exempt', 'probes', 'c']);
  expect(rows.filter((name) => name.length === 1)).toEqual(['c', 'a', 'b']);
  expect(rows.at(-1)).toBe('catch-all');
  expect(names((await call<List>(`GET ${schemas}`)).body).slice(0, 3)).toEqual(['a', 'b', 'c']);
});
