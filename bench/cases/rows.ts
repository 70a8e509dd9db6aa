/**
 * Rows written per pod, from its creation until it is Running and the log is compacted: what production bills. Counted
 * in a whole cluster in this process, whose clock can be moved past the compaction's horizons.
 */
import { TestCluster } from '../../durable-objects/testing/cluster.ts';
import type { Figure } from '../lib/target.ts';
import { deployment } from './objects.ts';

const REPLICAS = 1_000;
const NODES = 20;
const COMPACTED_MS = 2 * 3600_000;

export async function rowsCase(): Promise<Figure[]> {
  const cluster = await TestCluster.start({ simulatedNodes: NODES });
  const before = cluster.rowsWritten;
  await cluster.must('POST /apis/apps/v1/namespaces/default/deployments', deployment('rows', REPLICAS));
  await cluster.settle();
  const running = cluster.rowsWritten - before;
  await cluster.advance(COMPACTED_MS);
  const name = `rows written a pod, of ${REPLICAS}`;
  return [
    { case: name, what: 'created → Running', unit: 'rows', values: { islet: running / REPLICAS } },
    {
      case: name,
      what: 'and compacted',
      unit: 'rows',
      values: { islet: (cluster.rowsWritten - before) / REPLICAS },
    },
  ];
}
