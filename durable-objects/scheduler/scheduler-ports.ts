/** The scheduler, and what it is handed. */
import type { Registry } from '../../kube/metrics/registry.ts';
import type { Refusal } from '../../kube/scheduling/advice.ts';
import type { Pod } from '../../kube/types.ts';
import type { SchedulingDecision } from '../../wire/why.ts';
import type { Random, RequestPort } from '../controllers/runtime/ports.ts';
import type { FollowerPorts } from '../follow/follower-ports.ts';
import type { ExtenderCall } from './extenders/client.ts';
import type { Profile } from './framework/profile.ts';

/** `notes` remember that no pod waits. */
export interface SchedulerPorts extends FollowerPorts {
  request: RequestPort['request'];
  random: Random;
  /** A registry that no page shows, when left out. */
  metrics?: Registry;
  /** Asks extenders; left out, each of them fails. */
  callExtender?: ExtenderCall;
  /** The one profile, until the cluster's configuration says otherwise. */
  profile?: Profile;
}

export interface Scheduler {
  /** Starts to follow the log. Once per life of the object. The cluster is read, in slices, once a pod waits. */
  wake(): void;
  /** The timer {@link SCHEDULER_TIMER} has come due. */
  alarm(): void;
  /** Resolves when nothing more can be done for now. */
  idle(): Promise<void>;
  /** Whether a pod with this `spec.schedulerName` is the scheduler's. */
  schedules(schedulerName: string): boolean;
  /** The last decision about a pod, by its key and uid, if it is kept. */
  decision(key: string, uid: string): SchedulingDecision | undefined;
  /** Why the pod is not decided on as it is, where a plugin keeps it out of the queue. */
  held(pod: Pod): Refusal | undefined;
}
