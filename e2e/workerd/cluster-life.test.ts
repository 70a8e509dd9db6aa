/** The life of a cluster on the real workerd: its past, and what is made of it. */
import { createHash } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { type Endpoint, send } from '../../cli/local/client.ts';
import { readService } from '../../cli/local/service-file.ts';
import type { HistoryChanges, HistoryRange } from '../../wire/history.ts';
import { eventually } from '../eventually.ts';
import { get, Machine } from './service.ts';

interface Objects {
  items: { metadata: { name: string }; data?: Record<string, string> }[];
}

const MAPS = '/api/v1/namespaces/default/configmaps';

async function put(cluster: Endpoint, name: string, value: string): Promise<void> {
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { value } };
  const { status } = await send(cluster, 'PUT', `${MAPS}/${name}`, body);
  if (status === 404) expect((await send(cluster, 'POST', MAPS, body)).status).toBe(201);
}

const newest = async (cluster: Endpoint): Promise<number> =>
  (await get<HistoryRange>(cluster, '/islet/v1/history')).newest.revision;

test('the API at an earlier revision is read as it was, by its path', async () => {
  await using machine = new Machine();
  await machine.up('--nodes', '0').ready();
  const cluster = await machine.cluster();
  await put(cluster, 'a', 'one');
  const then = await newest(cluster);
  await put(cluster, 'a', 'two');
  const past = await get<Objects>(cluster, `/islet/v1/history/${then}${MAPS}?fieldSelector=metadata.name=a`);
  expect(past.items.map(({ data }) => data)).toEqual([{ value: 'one' }]);
  const { items } = await get<HistoryChanges>(cluster, `/islet/v1/history/changes?after=${then}&resource=configmaps`);
  expect(items).toMatchObject([{ change: 'update', name: 'a', what: 'changed data.value' }]);
  const stranger = { ...cluster, token: `${cluster.token}x` };
  expect((await send(stranger, 'GET', `/islet/v1/history/${then}${MAPS}`)).status).toBe(401);
});

interface Made {
  id: string;
  name: string;
  token: string;
}

async function account(machine: Machine): Promise<Endpoint> {
  const { server } = readService(machine.state);
  return (await machine.account()).at(server);
}

async function must<T>(endpoint: Endpoint, method: string, path: string, body?: unknown): Promise<T> {
  const { status, text } = await send(endpoint, method, path, body);
  if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
  return JSON.parse(text) as T;
}

function endpointOf(machine: Machine, { id, token }: Made): Endpoint {
  const { server, ca } = readService(machine.state);
  return { server: `${server}/clusters/${id}`, ca, token };
}

test('a fork of 1,000 objects is a cluster of its own, at any revision, without the machines', async () => {
  await using machine = new Machine();
  await machine.up('--nodes', '2').ready();
  const cluster = await machine.cluster();
  const node = await machine.join('metal');
  const labels = { 'kubernetes.io/hostname': 'metal' };
  await must(node, 'POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'metal', labels } });
  await eventually(async () => expect((await get<Objects>(cluster, '/api/v1/nodes')).items).toHaveLength(3));
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: { a: 'YQ==' } };
  await must(cluster, 'POST', '/api/v1/namespaces/default/secrets', secret);
  await put(cluster, 'first', 'one');
  const then = await newest(cluster);
  for (let from = 0; from < 1000; from += 50) {
    await Promise.all(Array.from({ length: 50 }, (_, i) => put(cluster, `map-${from + i}`, 'x'.repeat(500))));
  }
  await put(cluster, 'first', 'two');

  const began = performance.now();
  const made = await must<Made>(await account(machine), 'POST', '/islet/v1/clusters/default/fork', { as: 'copy' });
  const took = performance.now() - began;
  console.log(`a fork of 1,000 objects took ${Math.round(took)} ms`);
  const copy = endpointOf(machine, made);
  const [ours, theirs] = await Promise.all([get<Objects>(copy, MAPS), get<Objects>(cluster, MAPS)]);
  expect(ours.items).toEqual(theirs.items);
  expect(await get<Objects>(copy, '/api/v1/namespaces/default/secrets/s')).toMatchObject({ data: { a: 'YQ==' } });
  const nodes = async () => (await get<Objects>(copy, '/api/v1/nodes')).items.map(({ metadata }) => metadata.name);
  await eventually(async () => expect(await nodes()).toEqual(['sim-0', 'sim-1']));
  expect((await send({ ...copy, token: cluster.token }, 'GET', MAPS)).status).toBe(401);
  await put(copy, 'first', 'of the copy');
  expect(await get<Objects>(cluster, `${MAPS}/first`)).toMatchObject({ data: { value: 'two' } });

  const early = { as: 'early', revision: then };
  const before = endpointOf(
    machine,
    await must<Made>(await account(machine), 'POST', '/islet/v1/clusters/default/fork', early),
  );
  expect(await get<Objects>(before, `${MAPS}/first`)).toMatchObject({ data: { value: 'one' } });
  expect((await get<Objects>(before, MAPS)).items.filter(({ metadata }) => metadata.name.startsWith('map'))).toEqual(
    [],
  );
  const refused = await send(await account(machine), 'POST', '/islet/v1/clusters/default/fork', {
    as: 'x',
    revision: 1,
  });
  expect([refused.status, refused.text]).toEqual([410, expect.stringContaining('no longer kept: the oldest')]);
  const { items } = await must<{ items: Made[] }>(await account(machine), 'GET', '/islet/v1/clusters');
  expect(items.map(({ name }) => name)).toEqual(['copy', 'default', 'early']);
});

test('a deleted cluster answers as if it never was, and comes back with its tokens; then it ends', async () => {
  await using machine = new Machine();
  await machine.up('--nodes', '0').ready();
  const owner = await account(machine);
  const made = await must<Made>(owner, 'POST', '/islet/v1/clusters', { name: 'a', simulatedNodes: 1 });
  const cluster = endpointOf(machine, made);
  await put(cluster, 'kept', 'yes');
  const { until } = await must<{ until: string }>(owner, 'DELETE', '/islet/v1/clusters/a');
  expect(Date.parse(until)).toBeGreaterThan(Date.now() + 71 * 3_600_000);
  expect((await send(cluster, 'GET', MAPS)).status).toBe(404);
  const again = await must<Made>(owner, 'POST', '/islet/v1/clusters', { name: 'a', simulatedNodes: 0 });
  expect(again.id).not.toBe(made.id);
  const path = '/islet/v1/deleted-clusters';
  expect(await must(owner, 'GET', path)).toMatchObject({ items: [{ id: made.id, name: 'a', until }] });
  expect((await send(owner, 'POST', `${path}/a/undelete`, {})).status).toBe(409);
  expect(await must(owner, 'POST', `${path}/a/undelete`, { as: 'b' })).toMatchObject({ id: made.id, name: 'b' });
  expect(await get<Objects>(cluster, `${MAPS}/kept`)).toMatchObject({ data: { value: 'yes' } });
  await must(owner, 'DELETE', '/islet/v1/clusters/b?now=true');
  expect((await send(cluster, 'GET', MAPS)).status).toBe(404);
  expect(await must(owner, 'GET', path)).toEqual({ items: [] });
});

/** The bytes of an answer, and sends bytes as a body. */
function bytes(endpoint: Endpoint, method: string, path: string, body?: Buffer, type = 'application/gzip') {
  const headers = { authorization: `Bearer ${endpoint.token}`, ...(body && { 'content-type': type }) };
  return new Promise<{ status: number; body: Buffer }>((resolve, reject) => {
    const sent = request(endpoint.server + path, { method, ca: endpoint.ca, agent: false, headers }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(pieces) }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The file of a cluster with one definition of a resource. */
function fileOf(definition: object): Buffer {
  const head = { islet: 'cluster', version: 1, revision: 1, exported: '2026-01-01T00:00:00Z' };
  const key = 'customresourcedefinitions.apiextensions.k8s.io//toys.shop.dev';
  const cause = JSON.stringify({ kind: 'system', at: 1, why: 'test' });
  const lines = [head, [1, 0, 1, 'create', 1, key, cause, JSON.stringify(definition)]];
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  const end = { end: true, rows: 1, oldest: 0, sha256: createHash('sha256').update(text).digest('hex') };
  return gzipSync(`${text}${JSON.stringify(end)}\n`);
}

test('a cluster is exported as a file with its past, and as YAML; both make it anew, and nothing is half-imported', async () => {
  await using machine = new Machine();
  await machine.up('--nodes', '1').ready();
  const cluster = await machine.cluster();
  const owner = await account(machine);
  await put(cluster, 'a', 'one');
  const then = await newest(cluster);
  await put(cluster, 'a', 'two');
  for (let i = 0; i < 300; i++) await put(cluster, `many-${i}`, String(i).repeat(100));
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: { a: 'YQ==' } };
  await must(cluster, 'POST', '/api/v1/namespaces/default/secrets', secret);
  const revision = await newest(cluster);
  const file = await bytes(cluster, 'GET', '/islet/v1/export');
  expect(file.status).toBe(200);
  const lines = gunzipSync(file.body).toString().trimEnd().split('\n');
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ end: true, rows: lines.length - 2 });

  const imported = await bytes(owner, 'POST', '/islet/v1/clusters/again/import', file.body);
  expect(imported.status, String(imported.body)).toBe(201);
  const again = endpointOf(machine, JSON.parse(String(imported.body)) as Made);
  expect((await get<Objects>(again, MAPS)).items).toEqual((await get<Objects>(cluster, MAPS)).items);
  expect(await get<Objects>(again, `/islet/v1/history/${then}${MAPS}/a`)).toMatchObject({ data: { value: 'one' } });
  expect(await get<Objects>(again, '/api/v1/namespaces/default/secrets/s')).toMatchObject({ data: { a: 'YQ==' } });
  expect(await newest(again)).toBeGreaterThanOrEqual(revision);

  const yaml = await bytes(cluster, 'GET', '/islet/v1/export?format=yaml');
  const applied = await bytes(owner, 'POST', '/islet/v1/clusters/applied/import', yaml.body, 'application/yaml');
  expect(applied.status, String(applied.body)).toBe(201);
  const anew = endpointOf(machine, JSON.parse(String(applied.body)) as Made);
  expect(await get<Objects>(anew, `${MAPS}/a`)).toMatchObject({ data: { value: 'two' } });

  const cut = gzipSync(lines.slice(0, -40).join('\n'));
  const broken = file.body.subarray(0, file.body.length - 1000);
  const wrong = Buffer.from('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ok}\n---\nkind: Nothing\n');
  // Without its spec no cluster could be opened again.
  const metadata = { name: 'toys.shop.dev', resourceVersion: '1' };
  const shapeless = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata };
  const refusals = [
    [
      fileOf(shapeless),
      'application/gzip',
      'nothing was imported: the file has an object that no API would have taken',
    ],
    [cut, 'application/gzip', 'nothing was imported: the file is cut off'],
    [broken, 'application/gzip', 'nothing was imported: the file cannot be read to its end'],
    [wrong, 'application/yaml', 'nothing was imported: document 2 of the file is no object of Kubernetes'],
    [Buffer.from('\n'), 'application/yaml', 'nothing was imported: the file is empty'],
  ] as const;
  for (const [body, type, reason] of refusals) {
    const answer = await bytes(owner, 'POST', '/islet/v1/clusters/bad/import', body, type);
    expect([answer.status, String(answer.body)]).toEqual([422, expect.stringContaining(reason)]);
  }
  const { items } = await must<{ items: Made[] }>(owner, 'GET', '/islet/v1/clusters');
  expect(items.map(({ name }) => name)).toEqual(['again', 'applied', 'default']);
});

test('the commands of a cluster’s life, one after the other', async () => {
  await using machine = new Machine();
  await machine.up('--nodes', '0').ready();
  const cluster = await machine.cluster();
  const islet = (...args: string[]) => machine.run('clusters', ...args);
  const context = ['--kubeconfig', machine.kubeconfig];
  await put(cluster, 'a', 'one');
  const then = await newest(cluster);
  await put(cluster, 'a', 'two');
  await put(cluster, 'b', 'new');

  const moment = ['--revision', String(then)];
  expect(await islet('rewind', 'default', ...moment)).toBe(
    'delete configmaps/b in default\nupdate configmaps/a in default (data.value)\n2 changes would be made; --yes makes them\n',
  );
  expect(await islet('rewind', 'default', ...moment, '--only', 'configmaps/a', '--yes')).toMatch(
    /^update configmaps\/a in default \(data.value\)\n1 change made: `islet clusters rewind default --revision \d+ --yes` undoes it\n$/,
  );
  expect(await get<Objects>(cluster, `${MAPS}/a`)).toMatchObject({ data: { value: 'one' } });
  expect(await get<Objects>(cluster, `${MAPS}/b`)).toMatchObject({ data: { value: 'new' } });
  await expect(islet('rewind', 'default', '--at', '30d')).rejects.toThrow('the past begins at');

  expect(await islet('fork', 'default', 'copy', ...moment, ...context)).toContain(
    `cluster copy forked from default at revision ${then}: context islet-copy in `,
  );
  expect(readFileSync(machine.kubeconfig, 'utf8')).toContain('current-context: islet-copy');
  const file = join(machine.folder, 'x.gz');
  expect(await islet('export', 'default', '-f', file)).toMatch(
    /^cluster default is in .*x\.gz \([\d.]+ KB\), its Secrets/,
  );
  expect(statSync(file).mode & 0o077).toBe(0);
  expect(await islet('import', 'again', file, ...context)).toMatch(
    /^cluster again imported from .*x\.gz: context islet-again/,
  );
  expect(await get<Objects>(await machine.cluster('again'), `${MAPS}/b`)).toMatchObject({ data: { value: 'new' } });
  const yaml = join(machine.folder, 'x.yaml');
  await islet('export', 'again', '--yaml', '-f', yaml);
  expect(readFileSync(yaml, 'utf8')).toMatch(/^---\napiVersion: v1\ndata:\n {2}value: one\nkind: ConfigMap\n/);
  writeFileSync(yaml, 'kind: Nothing\n');
  await expect(islet('import', 'bad', yaml, ...context)).rejects.toThrow(
    'nothing was imported: document 1 of the file',
  );

  expect(await islet('delete', 'copy', ...context)).toMatch(
    /cluster copy deleted\nuntil .* `islet clusters undelete copy`/,
  );
  expect(await islet('undelete')).toMatch(/^NAME +ID +CREATED +UNTIL\ncopy +/);
  expect(await islet('undelete', 'copy', '--as', 'back', ...context)).toMatch(
    /^cluster back is back: context islet-back in .*, the current one now\n$/,
  );
  expect(readFileSync(machine.kubeconfig, 'utf8')).toContain('current-context: islet-back');
  expect(await get<Objects>(await machine.cluster('back'), `${MAPS}/a`)).toMatchObject({ data: { value: 'one' } });
  expect(await islet('delete', 'back', '--now', ...context)).toMatch(
    /^cluster back deleted\nits context was the current one: /,
  );
  expect(await islet('undelete')).toBe('no deleted cluster can be had back\n');
});
