/** A cluster in memory with one real node and one simulated one, and the monitor that looks after them. */
import type { Lease, Node } from '../../kube/types.ts';
import { createLiveness } from '../nodes/liveness.ts';
import { TestCluster } from '../scheduler/testing/cluster.ts';
import { node } from '../scheduler/testing/objects.ts';

export function monitored() {
  const cluster = new TestCluster();
  const heard = new Map<string, number>();
  const worker = node('worker-1');
  worker.status = {
    conditions: [
      {
        type: 'Ready',
        status: 'True',
        lastHeartbeatTime: '2026-01-01T00:00:00Z',
        lastTransitionTime: '2025-12-31T00:00:00Z',
      },
    ],
  } as unknown as Node['status'];
  cluster.put('nodes', worker);
  cluster.put('nodes', node('sim-0', { labels: { 'islet.dev/simulated': 'true' } }));
  const connections = { lastHeard: (n: string) => heard.get(n), connected: (n: string) => heard.has(n) };
  let liveness = createLiveness({ ...cluster.ports, connections });
  const pass = async (seconds: number): Promise<void> => {
    const end = cluster.now + seconds * 1000;
    for (
      let next = cluster.ports.timers.next();
      next !== undefined && next <= end;
      next = cluster.ports.timers.next()
    ) {
      cluster.now = Math.max(cluster.now, next);
      for (const timer of cluster.takeTimers()) liveness.alarm(timer, cluster.now);
      await liveness.idle();
    }
    cluster.now = end;
  };
  return {
    cluster,
    liveness,
    heard,
    pass,
    /** The object dies and wakes again. */
    again(): void {
      cluster.forgetListeners();
      liveness = createLiveness({ ...cluster.ports, connections });
      liveness.wake();
    },
    /** The kubelet renews its Lease, by a clock of its own. */
    renew(time: number): void {
      cluster.put('leases.coordination.k8s.io', {
        metadata: { name: 'worker-1', namespace: 'kube-node-lease' },
        spec: { renewTime: new Date(time).toISOString() },
      } as unknown as Lease);
    },
    connect(): void {
      heard.set('worker-1', cluster.now);
      liveness.opened('worker-1');
    },
    disconnect(): void {
      heard.delete('worker-1');
      liveness.closed('worker-1');
    },
    ready: () => cluster.get<Node>('nodes//worker-1')?.status?.conditions?.find((c) => c.type === 'Ready'),
  };
}
