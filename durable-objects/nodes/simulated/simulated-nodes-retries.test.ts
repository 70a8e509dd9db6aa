/** A cluster whose storage is full, or whose policies refuse: the object must come to sleep all the same. */
import { expect, test } from 'vitest';
import type { Pod } from '../../../kube/types.ts';
import { TestCluster } from '../../scheduler/testing/cluster.ts';
import { node, pod } from '../../scheduler/testing/objects.ts';
import { createSimulatedNodes, SIMULATED_TIMER } from './index.ts';

const DAY = 24 * 3_600_000;

type Fill = (cluster: TestCluster) => void;

async function start(fill: Fill = () => {}, before: Fill = () => {}, nodes = 1) {
  const cluster = new TestCluster();
  before(cluster);
  const simulated = createSimulatedNodes({ ...cluster.ports, nodes: () => nodes, made() {} });
  simulated.wake();
  await cluster.settle();
  fill(cluster);
  await cluster.settle();
  return {
    cluster,
    /** The number of times that its timer rings within a day. */
    async rings(): Promise<number> {
      const end = cluster.now + DAY;
      for (let count = 0; ; count++) {
        const due = cluster.due.get(SIMULATED_TIMER);
        if (due === undefined || due > end) return count;
        cluster.now = due;
        cluster.due.delete(SIMULATED_TIMER);
        simulated.alarm();
        await cluster.settle();
      }
    },
  };
}

const bound = (status: Pod['status'] = {}): Pod => ({ ...pod('p', { nodeName: 'sim-0' }), status });
/** Once in a quarter of an hour, and some more in the beginning. */
const MOST = 96 + 15;

test('a status that may not be written is tried ever later, and at once when the pod is changed', async () => {
  const refused = { code: 507, message: 'full' };
  const { cluster, rings } = await start((c) => {
    c.fail = ({ method }) => (method === 'PUT' ? refused : undefined);
    c.put('pods', bound());
  });
  expect(await rings()).toBeLessThan(MOST);
  cluster.fail = () => undefined;
  cluster.change<Pod>('pods/default/p', ({ metadata }) => {
    metadata.labels = { changed: 'yes' };
  });
  await cluster.settle();
  expect(cluster.get<Pod>('pods/default/p')?.status?.phase).toBe('Running');
});

test('a status that cannot be made sense of is looked at ever later', async () => {
  const containerStatuses = 'garbled';
  const { cluster, rings } = await start((c) => c.put('pods', bound({ phase: 'Running', containerStatuses } as never)));
  expect(await rings()).toBeLessThan(MOST);
  expect(cluster.requests.filter((line) => line.startsWith('PUT'))).toEqual([]);
});

test('a node that may not be made is tried ever later, and so is one whose status may not be written', async () => {
  const refused = { code: 403, message: 'no' };
  const { cluster, rings } = await start(
    () => {},
    (c) => {
      c.fail = ({ method, path }) => (method === 'POST' && path === '/api/v1/nodes' ? refused : undefined);
    },
  );
  expect(await rings()).toBeLessThan(MOST);
  expect(cluster.all('nodes/')).toEqual([]);
  cluster.fail = ({ path }) => (path.endsWith('/status') ? refused : undefined);
  cluster.put('nodes', node('sim-7', { labels: { 'islet.dev/simulated': 'true' } }, {}));
  await cluster.settle();
  expect(await rings()).toBeLessThan(MOST);
});
