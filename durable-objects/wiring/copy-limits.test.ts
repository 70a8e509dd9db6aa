import { expect, test } from 'vitest';
import { NO_LIMITS } from '../../wire/quota.ts';
import type { SnapshotRow } from '../../wire/snapshot.ts';
import { StoreRestore } from '../store/restore.ts';
import { plainSealer } from '../store/sealer.ts';
import { openNodeSql } from '../store/sql/node.ts';
import { TestCluster } from '../testing/cluster.ts';
import { beyondLimits } from './copy-limits.ts';

const KEYS = ['configmaps/a/one', 'nodes//metal', 'nodes//sim-0', 'nodes//sim-1'];

async function copied() {
  const cluster = await TestCluster.start({ simulatedNodes: 1 });
  const { items } = (await cluster.must('GET /api/v1/nodes')) as unknown as { items: object[] };
  const node = JSON.stringify(items[0]);
  const sql = openNodeSql();
  const row = (key: string, index: number): SnapshotRow => ({
    revision: index + 1,
    link: 0,
    created: index + 1,
    change: 'create',
    at: 0,
    key,
    cause: '{}',
    text: key.includes('sim-') ? node : '{}',
  });
  new StoreRestore(sql, plainSealer, { source: 'a', hasPast: false }).add(KEYS.map(row), undefined);
  return sql;
}

test('a copy that holds more than the account’s clusters may have is refused, machines not counted', async () => {
  const sql = await copied();
  const beyond = (limits: Partial<typeof NO_LIMITS>) => beyondLimits(sql, { ...NO_LIMITS, ...limits });
  expect([beyond({}), beyond({ objects: 4, nodes: 2, bytes: 1e9 })]).toEqual([undefined, undefined]);
  expect(beyond({ objects: 3 })).toBe('it has 4 objects, and a cluster of this account may have 3');
  expect(beyond({ nodes: 1 })).toBe('it has 2 nodes, and a cluster of this account may have 1');
  expect(beyond({ bytes: 10 })).toBe('it holds more than a cluster of this account may store');
});
