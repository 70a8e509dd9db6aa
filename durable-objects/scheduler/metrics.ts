/**
 * Counts of scheduling (`pkg/scheduler/metrics/metrics.go`). A decision takes no time by the clock, which stands still
 * while the object computes; bindings take theirs.
 */
import { gauge, type Registry } from '../../kube/metrics/registry.ts';
import type { Clock } from '../controllers/runtime/ports.ts';
import type { ClusterEvent } from './framework/events.ts';
import { SCHEDULER_NAME } from './framework/profile.ts';
import type { QueuedPodInfo, QueueObserver } from './queue/queued-pod.ts';
import type { Chosen, Unschedulable } from './schedule.ts';

/** Beyond these, attempts are not told apart (`getAttemptsLabel`). */
const MAX_ATTEMPTS = 15;

export type Result = 'scheduled' | 'unschedulable' | 'error';

/** Upstream's names of what moves pods on; changes of other resources are named `changed:RESOURCE`. */
const EVENTS: Readonly<Record<string, string>> = {
  'node-added': 'NodeAdd',
  'node-allocatable': 'NodeUpdateNodeAllocatable',
  'node-labels': 'NodeUpdateNodeLabel',
  'node-taints': 'NodeUpdateNodeTaint',
  'node-features': 'NodeUpdateNodeDeclaredFeature',
  'node-removed': 'NodeDelete',
  'pod-assigned': 'AssignedPodAdd',
  'pod-removed': 'AssignedPodDelete',
  'pod-labels': 'AssignedPodUpdatePodLabel',
  'pod-scaled-down': 'AssignedPodUpdatePodScaleDown',
  'claim-deallocated': 'ResourceClaimUpdate',
};

export class SchedulerMetrics implements QueueObserver {
  readonly #registry: Registry;
  readonly #clock: Clock;

  constructor(registry: Registry, clock: Clock) {
    this.#registry = registry;
    this.#clock = clock;
    // Those without labels are there from the start.
    registry.value('scheduler_preemption_attempts_total');
    registry.histogram('scheduler_preemption_victims');
    registry.histogram('scheduler_pod_scheduling_attempts');
  }

  now(): number {
    return this.#clock.now();
  }

  entered(event: string | ClusterEvent, queue: string): void {
    // Changes of single objects count as those of their resource.
    const [name = ''] = event.split('/', 1);
    this.#registry.count('scheduler_queue_incoming_pods_total', EVENTS[name] ?? name, queue);
  }

  /** Shows how many pods are in each queue. */
  follow(queue: { sizes(): Readonly<Record<string, number>>; rejectedBy(): ReadonlyMap<string, number> }): void {
    this.#registry.onRead(() => [
      gauge(
        'scheduler_pending_pods',
        Object.entries(queue.sizes()).map(([name, size]) => [size, name] as const),
      ),
      gauge(
        'scheduler_unschedulable_pods',
        [...queue.rejectedBy()].map(([plugin, count]) => [count, plugin, SCHEDULER_NAME] as const),
      ),
    ]);
  }

  /** The extension points of a decision have been run. */
  decided(begun: number, outcome: Chosen | Unschedulable, profile: string): void {
    this.#registry.observe('scheduler_scheduling_algorithm_duration_seconds', (this.now() - begun) / 1000);
    const status = 'node' in outcome ? 'Success' : 'Unschedulable';
    this.#ran('PreFilter', 'Success', profile);
    this.#ran('Filter', status, profile);
    if (!('node' in outcome)) this.#ran('PostFilter', status, profile);
    else if (outcome.scored) for (const point of ['PreScore', 'Score']) this.#ran(point, 'Success', profile);
  }

  /** No node was left, and the pods that would have to go for one to be free were looked for. */
  preempted(victims: number): void {
    this.#registry.count('scheduler_preemption_attempts_total');
    if (victims > 0) this.#registry.observe('scheduler_preemption_victims', victims);
  }

  ended(result: Result, pod: Pick<QueuedPodInfo, 'attempts' | 'enteredAt'>, begun: number, profile: string): void {
    const now = this.now();
    const registry = this.#registry;
    registry.count('scheduler_schedule_attempts_total', profile, result);
    registry.observe('scheduler_scheduling_attempt_duration_seconds', (now - begun) / 1000, profile, result);
    if (result !== 'scheduled') return;
    for (const point of ['Reserve', 'Permit', 'PreBind', 'PostBind']) this.#ran(point, 'Success', profile);
    registry.observe(POINT, (now - begun) / 1000, 'Bind', profile, 'Success');
    registry.observe('scheduler_pod_scheduling_attempts', pod.attempts);
    const attempts = pod.attempts >= MAX_ATTEMPTS ? `${MAX_ATTEMPTS}+` : String(pod.attempts);
    registry.observe('scheduler_pod_scheduling_sli_duration_seconds', (now - pod.enteredAt) / 1000, attempts);
  }

  #ran(point: string, status: string, profile: string): void {
    this.#registry.observe(POINT, 0, point, profile, status);
  }
}

const POINT = 'scheduler_framework_extension_point_duration_seconds';
