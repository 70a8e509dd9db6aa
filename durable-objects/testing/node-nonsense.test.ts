/** Nodes that report nonsense: what upstream refuses is refused, and what it takes costs little and keeps no pod away. */
import { expect, test } from 'vitest';
import type { Deployment } from '../../kube/types.ts';
import { TestCluster } from './cluster.ts';

const NODES = '/api/v1/nodes';
const APPS = '/apis/apps/v1/namespaces/default';
const STRATEGIC = 'application/strategic-merge-patch+json';
const MERGE = 'application/merge-patch+json';
const MINUTE = 60_000;
const MANY = 10_000;
const many = <T>(make: (index: number) => T): T[] => Array.from({ length: MANY }, (_, index) => make(index));
const quantities = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

// As kube-apiserver 1.36.3 answers.
test.each<[status: object | string, code: number, message: string]>([
  [{ capacity: { cpu: '-1' } }, 422, 'status.capacity.cpu: Invalid value: "-1": must be greater than or equal to 0'],
  [{ capacity: { cpu: 'NaN' } }, 422, quantities],
  [{ capacity: { cpu: 'Infinity' } }, 422, quantities],
  ['{"status":{"capacity":{"cpu":NaN}}}', 400, "invalid character 'N' looking for beginning of value"],
  [{ capacity: { pods: '1.5' } }, 422, 'status.capacity.pods: Invalid value: "1500m": must be an integer'],
  [{ images: Array(1_000_000).fill({ names: ['i'] }) }, 413, ''],
  [{ conditions: Array(100_000).fill({ type: 'T', status: 'True' }) }, 413, ''],
])('a status that is refused (%#)', async (status, code, message) => {
  const cluster = await TestCluster.start();
  const body = typeof status === 'string' ? status : JSON.stringify({ status });
  const rows = cluster.rowsWritten;
  const answer = await cluster.send<{ message: string }>(`PATCH ${NODES}/sim-0/status`, body, STRATEGIC);
  expect([answer.status, answer.body.message]).toEqual([code, expect.stringContaining(message)]);
  expect(cluster.rowsWritten).toBe(rows);
});

test.each<[what: string, node: { spec?: object; status?: object }]>([
  ['quantities beyond all bounds', { status: { capacity: { cpu: '1e30', memory: '999999999999999999999Ei' } } }],
  ['resources without a proper name', { status: { capacity: { 'not a name': '1' } } }],
  ['images', { status: { images: many((i) => ({ names: [`i${i}`], sizeBytes: -i })) } }],
  ['conditions', { status: { conditions: many((i) => ({ type: `T${i}`, status: 'Perhaps' })) } }],
  ['addresses', { status: { addresses: many((i) => ({ type: 'Nope', address: `no ${i}` })) } }],
  ['volumes', { status: { volumesInUse: many((i) => `v${i}`) } }],
  ['taints', { spec: { taints: many((i) => ({ key: `k${i}`, effect: 'NoExecute' })) } }],
])('nodes of very many or odd %s still get their pods', async (_, { spec, status }) => {
  const cluster = await TestCluster.start({ simulatedNodes: 2 });
  for (const name of ['sim-0', 'sim-1']) {
    if (spec) await cluster.must(`PATCH ${NODES}/${name}`, { spec }, MERGE);
    if (status) await cluster.must(`PATCH ${NODES}/${name}/status`, { status }, STRATEGIC);
  }
  const { rowsWritten } = cluster;
  const labels = { app: 'x' };
  const template = {
    metadata: { labels },
    spec: { containers: [{ name: 'c', image: 'i1' }], tolerations: [{ operator: 'Exists' }] },
  };
  const sets = { selector: { matchLabels: labels }, template };
  await cluster.must(`POST ${APPS}/deployments`, { metadata: { name: 'd' }, spec: { replicas: 4, ...sets } });
  await cluster.must(`POST ${APPS}/daemonsets`, { metadata: { name: 'n' }, spec: sets });
  await cluster.advance(MINUTE);
  expect((await cluster.must<Deployment>(`GET ${APPS}/deployments/d`)).status?.availableReplicas).toBe(4);
  expect((await cluster.must(`GET ${APPS}/daemonsets/n`)).status).toMatchObject({ numberAvailable: 2 });
  expect(cluster.rowsWritten - rowsWritten).toBeLessThan(150);
  const still = cluster.rowsWritten;
  await cluster.advance(30 * MINUTE);
  expect(cluster.rowsWritten - still).toBeLessThan(10);
  expect(cluster.reported).toEqual([]);
});
