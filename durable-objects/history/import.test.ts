import { expect, test } from 'vitest';
import type { KubeObject } from '../../kube/machinery/object.ts';
import type { ApiRequest } from '../apiserver/request.ts';
import { openStore } from '../store/mvcc.ts';
import { StoreRestore } from '../store/restore.ts';
import { plainSealer } from '../store/sealer.ts';
import { openNodeSql } from '../store/sql/node.ts';
import { ADMIN, TestCluster } from '../testing/cluster.ts';
import { applyManifest, restoreLines } from './import.ts';

const MINUTE = 60_000;

async function exported(cluster: TestCluster, format: 'history' | 'yaml'): Promise<string> {
  const request: ApiRequest = {
    method: 'GET',
    path: '/islet/v1/export',
    query: `format=${format}`,
    header: () => undefined,
    user: ADMIN,
  };
  const answer = await cluster.handle(request);
  if (answer.type !== 'response' || answer.status !== 200) throw new Error(JSON.stringify(answer));
  return [...answer.body].join('');
}

async function* linesOf(text: string): AsyncGenerator<string> {
  yield* text.split('\n').filter((line) => line !== '');
}

/** Pods of a namespace wait for its ServiceAccount, and here no time passes while they do. */
async function withShop(cluster: TestCluster): Promise<void> {
  await cluster.must('POST /api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
  await cluster.settle();
}

async function filled(): Promise<TestCluster> {
  const cluster = await TestCluster.start({ simulatedNodes: 1 });
  const container = { name: 'c', image: 'nginx' };
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [container] } };
  const spec = { replicas: 2, selector: { matchLabels: { app: 'web' } }, template };
  await withShop(cluster);
  await cluster.must('POST /apis/apps/v1/namespaces/shop/deployments', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec,
  });
  await cluster.must('POST /api/v1/namespaces/shop/pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'alone' },
    spec: template.spec,
  });
  await cluster.must('POST /api/v1/namespaces/shop/services', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { ports: [{ port: 80 }], selector: { app: 'web' } },
  });
  await cluster.must('POST /api/v1/namespaces/shop/secrets', {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's' },
    stringData: { a: 'b' },
  });
  await cluster.must('POST /apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'toys.shop.dev' },
    spec: {
      group: 'shop.dev',
      scope: 'Namespaced',
      names: { plural: 'toys', singular: 'toy', kind: 'Toy', listKind: 'ToyList' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
      ],
    },
  });
  await cluster.settle();
  await cluster.must('POST /apis/shop.dev/v1/namespaces/shop/toys', {
    apiVersion: 'shop.dev/v1',
    kind: 'Toy',
    metadata: { name: 'bear' },
    size: 3,
  });
  await cluster.advance(MINUTE);
  await cluster.must('DELETE /api/v1/namespaces/shop/secrets/s');
  await cluster.advance(MINUTE);
  return cluster;
}

/** The user of imports, on a cluster in this process. */
const portsOf = (cluster: TestCluster) => ({
  api: { handle: (request: ApiRequest) => cluster.handle(request) },
  kinds: cluster.kinds,
  user: ADMIN,
  pause: () => cluster.settle(),
});

test('the file with the past makes a store with the same past', async () => {
  const cluster = await filled();
  const text = await exported(cluster, 'history');
  const sql = openNodeSql();
  const restore = new StoreRestore(sql, plainSealer, { source: 'file', hasPast: true });
  const horizons = await restoreLines(linesOf(text), restore, () => undefined);
  restore.finish({}, horizons);
  const store = openStore(sql);
  expect(store.revision).toBe(cluster.revision);
  const now = await cluster.list('/api/v1/pods');
  const kept = store.list({ prefix: 'pods/' }).items.map(({ text: each }) => JSON.parse(each).metadata.uid);
  expect(kept).toEqual(now.map(({ metadata }) => metadata.uid));
  expect(store.get('secrets/shop/s')).toBeUndefined();
  expect(store.log({ after: 0, limit: 9, history: true, prefixes: ['secrets/shop/s'] })).toMatchObject([
    { change: 'create' },
    { change: 'delete' },
  ]);
  // Objects that the store was given are there like all others.
  expect(store.get('clusterroles.rbac.authorization.k8s.io//view')?.text).toContain('"ClusterRole"');
});

test.each([
  ['is cut off', (lines: string[]) => lines.slice(0, -1), 'the file is cut off: its last line is missing'],
  ['lacks a line', (lines: string[]) => lines.toSpliced(100, 1), 'the file was changed on the way'],
  [
    'was edited',
    (lines: string[]) => lines.map((line) => line.replace('nginx', 'evil')),
    'the file was changed on the way',
  ],
  [
    'is of another version',
    (lines: string[]) => ['{"islet":"cluster","version":9}', ...lines.slice(1)],
    'the file has version 9, and this build of Islet reads version 1',
  ],
  [
    'leaves no revision for a write',
    (lines: string[]) => lines.with(0, (lines[0] ?? '').replace(/"revision":\d+/, `"revision":${2 ** 53 - 1}`)),
    'line 1 of the file names no revision',
  ],
  [
    'has a time that no clock shows',
    (lines: string[]) => lines.with(3, (lines[3] ?? '').replace(/"at\\":\d+/, '"at\\":1e300')),
    'line 4 of the file has no time that there is',
  ],
  ['begins elsewhere', (lines: string[]) => lines.slice(1), 'line 1 of the file is not the first one'],
  ['goes on', (lines: string[]) => [...lines, lines[5] ?? ''], 'comes after the last one'],
  ['has garbage', (lines: string[]) => lines.with(3, '[1,2'), 'line 4 of the file is no JSON'],
  ['has no write', (lines: string[]) => lines.with(3, '[1,2]'), 'line 4 of the file is no write of a cluster'],
  [
    'has a line twice',
    (lines: string[]) => lines.toSpliced(3, 0, lines[2] ?? ''),
    'line 4 of the file is not in the order of revisions',
  ],
  [
    'has another object',
    (lines: string[]) => lines.with(3, (lines[3] ?? '').replace(/"name\\":\\"/, '"name\\":\\"x')),
    'line 4 of the file has an object of another name or revision',
  ],
])('a file that %s is not taken', async (_, change, reason) => {
  const cluster = await TestCluster.start({ simulatedNodes: 0 });
  await cluster.must('POST /api/v1/namespaces/default/pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'c', image: 'nginx' }] },
  });
  const lines = (await exported(cluster, 'history')).trimEnd().split('\n');
  const restore = new StoreRestore(openNodeSql(), plainSealer, { source: 'file', hasPast: true });
  await expect(restoreLines(linesOf(change(lines).join('\n')), restore, () => undefined)).rejects.toThrow(reason);
});

test('a manifest has the wishes alone, and another cluster takes it as it is', async () => {
  const cluster = await filled();
  const text = await exported(cluster, 'yaml');
  for (const none of [
    'status:',
    'uid:',
    'resourceVersion:',
    'clusterIP:',
    'nodeName:',
    'kube-api-access',
    'ReplicaSet',
  ]) {
    expect(text).not.toContain(none);
  }
  const kinds = [...text.matchAll(/^kind: (\w+)$/gm)].map(([, kind]) => kind);
  expect(kinds).toEqual(['Namespace', 'CustomResourceDefinition', 'Service', 'Toy', 'Deployment', 'Pod']);
  const other = await TestCluster.start({ simulatedNodes: 1 });
  await withShop(other);
  expect(await applyManifest(text, portsOf(other))).toBe(6);
  await other.advance(MINUTE);
  expect(await other.list('/api/v1/namespaces/shop/pods')).toHaveLength(3);
  expect(await other.must<KubeObject>('GET /apis/shop.dev/v1/namespaces/shop/toys/bear')).toMatchObject({ size: 3 });
  expect(await exported(other, 'yaml')).toBe(text);
});

const map = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`;

test.each([
  ['kind: x: y', 'document 1 of the file: error converting YAML to JSON: yaml: '],
  [`${map('a')}---\n- 1\n`, 'document 2 of the file is no object of Kubernetes'],
  [
    `${map('a')}---\napiVersion: v2\nkind: Pood\nmetadata: {name: b}\n`,
    'document 2 of the file (Pood b): no matches for kind "Pood" in version "v2"',
  ],
  [
    map('NOT_A_NAME'),
    'document 1 of the file (ConfigMap NOT_A_NAME): ConfigMap "NOT_A_NAME" is invalid: metadata.name',
  ],
])('a manifest that is refused is told with the document: %j', async (text, reason) => {
  const cluster = await TestCluster.start({ simulatedNodes: 0 });
  await expect(applyManifest(text, portsOf(cluster))).rejects.toThrow(reason);
});

test('lists, comments and empty documents are taken', async () => {
  const cluster = await TestCluster.start({ simulatedNodes: 0 });
  const list = `apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: c}}\n- {apiVersion: v1, kind: ConfigMap, metadata: {generateName: d-}}\n`;
  expect(await applyManifest(`# first\n---\n${map('a')}--- # second\n\n---\n${list}`, portsOf(cluster))).toBe(3);
  const names = (await cluster.list('/api/v1/namespaces/default/configmaps')).map(({ metadata }) => metadata.name);
  expect(names).toEqual(['a', 'c', expect.stringMatching(/^d-/), 'kube-root-ca.crt']);
});
