/** Simulated nodes over a cluster in memory, for the tests beside. */
import type { Pod } from '../../../kube/types.ts';
import { pod } from '../../scheduler/testing.ts';
import { TestCluster } from '../../scheduler/testing-cluster.ts';
import { createSimulatedNodes, SIMULATED_TIMER } from './index.ts';

/** Simulated nodes on a cluster that `fill` has filled before they wake. */
export async function start(fill: (cluster: TestCluster) => void = () => {}, nodes = { count: 3 }) {
  const cluster = new TestCluster();
  fill(cluster);
  const wake = async () => {
    const simulated = createSimulatedNodes({ ...cluster.ports, nodes: () => nodes.count });
    simulated.wake();
    await cluster.settle();
    await simulated.idle();
    return simulated;
  };
  let simulated = await wake();
  return {
    cluster,
    nodes,
    get simulated() {
      return simulated;
    },
    async evict() {
      cluster.forgetListeners();
      simulated = await wake();
    },
    /** Lets the next timer ring; how many seconds that took. */
    async ring(): Promise<number> {
      const due = cluster.due.get(SIMULATED_TIMER) ?? cluster.now;
      const seconds = (due - cluster.now) / 1000;
      cluster.now = due;
      cluster.due.delete(SIMULATED_TIMER);
      simulated.alarm();
      await cluster.settle();
      return seconds;
    },
  };
}

export const bound = (name: string, spec: Partial<Pod['spec']> = {}, annotations: Record<string, string> = {}): Pod => {
  const made = pod(name, { nodeName: 'sim-0', restartPolicy: 'Always', ...spec });
  made.metadata.annotations = annotations;
  return made;
};
export const get = (cluster: TestCluster, name: string) => cluster.get<Pod>(`pods/default/${name}`);
export const statusWrites = (cluster: TestCluster) =>
  cluster.requests.filter((r) => r.endsWith('/status') && r.startsWith('PUT'));
