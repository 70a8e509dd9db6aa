/** Controllers whose selectors overlap: each keeps to its own pods, and nothing is written once all are there. */
import { expect, test } from 'vitest';
import type { Pod } from '../../kube/types.ts';
import { TestCluster } from './cluster.ts';

const HOUR = 3_600_000;
const NS = '/api/v1/namespaces/default';
const APPS = '/apis/apps/v1/namespaces/default';
const BUDGETS = '/apis/policy/v1/namespaces/default/poddisruptionbudgets';
const selector = { matchLabels: { app: 'x' } };
const template = { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
const sets = { selector, template };

const OBJECTS: readonly (readonly [path: string, name: string, spec: object])[] = [
  [`${APPS}/replicasets`, 'a', { replicas: 3, ...sets }],
  [`${APPS}/replicasets`, 'b', { replicas: 3, ...sets }],
  [`${APPS}/deployments`, 'd', { replicas: 3, ...sets }],
  [`${APPS}/deployments`, 'e', { replicas: 2, ...sets }],
  [`${APPS}/statefulsets`, 's', { replicas: 2, serviceName: 's', ...sets }],
  [`${APPS}/daemonsets`, 'n', sets],
  [`${NS}/replicationcontrollers`, 'r', { replicas: 2, selector: { app: 'x' }, template }],
  [`${NS}/services`, 'v', { selector: { app: 'x' }, ports: [{ port: 80 }] }],
  [BUDGETS, 'p', { minAvailable: 1, selector }],
  [BUDGETS, 'q', { minAvailable: 1, selector }],
];
const WANTED = { a: 3, b: 3, d: 3, e: 2, s: 2, n: 3, r: 2 };

/** Pods by the first letters of their owners' names. */
async function owned(cluster: TestCluster): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { metadata } of await cluster.list<Pod>(`${NS}/pods`)) {
    const owner = metadata.ownerReferences?.[0]?.name?.[0] ?? 'none';
    counts[owner] = (counts[owner] ?? 0) + 1;
  }
  return counts;
}

/** Rows by table. */
function tables({ database }: TestCluster): Record<string, number> {
  const names = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all() as { name: string }[];
  const count = (name: string) => database.prepare(`SELECT count(*) AS count FROM "${name}"`).get()?.['count'];
  return Object.fromEntries(names.map(({ name }) => [name, Number(count(name))]));
}

test('workloads of one selector keep to their own pods, and the second hour only deletes what has expired', async () => {
  const cluster = await TestCluster.start();
  for (const [path, name, spec] of OBJECTS) await cluster.must(`POST ${path}`, { metadata: { name }, spec });
  await cluster.advance(HOUR / 2);
  expect(await owned(cluster)).toEqual(WANTED);
  // A pod of its own is taken by one that has enough, which goes back to its number.
  const bare = { metadata: { name: 'bare', labels: { app: 'x' } }, spec: template.spec };
  await cluster.must(`POST ${NS}/pods`, bare);
  await cluster.advance(HOUR / 2);
  expect(await owned(cluster)).toEqual(WANTED);

  const { rowsWritten, revision } = cluster;
  const before = tables(cluster);
  await cluster.advance(HOUR);
  expect(cluster.revision).toBe(revision);
  // Events go an hour after their last change; the rest is the timer of that, and its note.
  const after = tables(cluster);
  expect([after['current'], after['events']]).toEqual([before['current'], 0]);
  expect(cluster.rowsWritten - rowsWritten - (before['events'] ?? 0)).toBeLessThan(10);
  const still = cluster.rowsWritten;
  await cluster.advance(24 * HOUR);
  expect(cluster.rowsWritten).toBe(still);
  expect(cluster.reported).toEqual([]);
});
