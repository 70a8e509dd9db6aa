import type { ExtenderCall } from '../extenders/client.ts';
import type { Profile } from '../framework/profile.ts';
import { createScheduler, SCHEDULER_TIMER } from '../scheduler.ts';
import { TestCluster } from './cluster.ts';

/** A scheduler that has done all it can with the objects that `fill` puts into the cluster. */
export async function start(
  fill: (cluster: TestCluster) => void,
  { profile, callExtender, wait = true }: { profile?: Profile; callExtender?: ExtenderCall; wait?: boolean } = {},
) {
  const cluster = new TestCluster();
  fill(cluster);
  const make = () =>
    createScheduler({ ...cluster.ports, ...(profile ? { profile } : {}), ...(callExtender ? { callExtender } : {}) });
  let scheduler = make();
  scheduler.wake();
  await cluster.settle();
  if (wait) await scheduler.idle();
  return {
    cluster,
    /** The time comes that its timer is set to. */
    async ring() {
      cluster.now = cluster.due.get(SCHEDULER_TIMER) ?? cluster.now;
      cluster.due.delete(SCHEDULER_TIMER);
      scheduler.alarm();
      await cluster.settle();
    },
    /** The object is evicted, and wakes. */
    async wakeAgain() {
      cluster.forgetListeners();
      scheduler = make();
      scheduler.wake();
      await cluster.settle();
    },
  };
}
