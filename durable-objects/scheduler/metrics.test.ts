import { expect, test } from 'vitest';
import { Registry } from '../../kube/metrics/registry.ts';
import { printText } from '../../kube/metrics/text.ts';
import { SchedulerMetrics } from './metrics.ts';
import { PrioritySort } from './plugins/priority-sort.ts';
import { Queue } from './queue/queue.ts';

function setUp() {
  const registry = new Registry();
  const clock = { time: 1000, now: () => clock.time };
  const metrics = new SchedulerMetrics(registry, clock);
  const queue = new Queue([PrioritySort, { name: 'Fit', wakesOn: ['pod-removed'] }], metrics);
  metrics.follow(queue);
  const lines = (name: string) =>
    [...printText(registry.families())]
      .join('')
      .split('\n')
      .filter((line) => line.startsWith(name) && !line.includes('_bucket'));
  return { clock, metrics, queue, lines };
}

test('pods are counted in their queues, and as events bring them there', () => {
  const { queue, lines } = setUp();
  for (const name of ['a', 'b', 'c']) queue.add({ key: name, uid: name, priority: 0, fingerprint: '' }, name === 'c');
  const a = queue.pop();
  if (!a) throw new Error('nothing is active');
  queue.failed(a, new Set(['Fit']), 1000);
  expect(lines('scheduler_pending_pods')).toEqual([
    'scheduler_pending_pods{queue="active"} 1',
    'scheduler_pending_pods{queue="backoff"} 0',
    'scheduler_pending_pods{queue="gated"} 1',
    'scheduler_pending_pods{queue="unschedulable"} 1',
  ]);
  expect(lines('scheduler_unschedulable_pods')).toEqual([
    'scheduler_unschedulable_pods{plugin="Fit",profile="default-scheduler"} 1',
  ]);
  queue.happened([{ event: 'pod-removed' }], 1000);
  queue.release(9000);
  expect(lines('scheduler_queue_incoming_pods_total')).toEqual([
    'scheduler_queue_incoming_pods_total{event="AssignedPodDelete",queue="backoff"} 1',
    'scheduler_queue_incoming_pods_total{event="BackoffComplete",queue="active"} 1',
    'scheduler_queue_incoming_pods_total{event="ScheduleAttemptFailure",queue="unschedulable"} 1',
    'scheduler_queue_incoming_pods_total{event="UnschedulablePodAdd",queue="active"} 2',
    'scheduler_queue_incoming_pods_total{event="UnschedulablePodAdd",queue="gated"} 1',
  ]);
});

test('changes of single objects are counted by their resource', () => {
  const { metrics, lines } = setUp();
  for (const name of ['a', 'b']) metrics.entered(`changed:claims.example.com/n/${name}`, 'active');
  expect(lines('scheduler_queue_incoming_pods_total')).toEqual([
    'scheduler_queue_incoming_pods_total{event="changed:claims.example.com",queue="active"} 2',
  ]);
});

test('attempts are counted by their result, and a pod that is scheduled by all that it took', () => {
  const { clock, metrics, queue, lines } = setUp();
  queue.add({ key: 'a', uid: 'a', priority: 0, fingerprint: '' }, false);
  const pod = queue.pop();
  if (!pod) throw new Error('nothing is active');
  metrics.ended('unschedulable', pod, clock.time, 'default-scheduler');
  clock.time = 3000;
  pod.attempts = 20;
  metrics.ended('scheduled', pod, 2500, 'default-scheduler');
  expect(lines('scheduler_schedule_attempts_total')).toEqual([
    'scheduler_schedule_attempts_total{profile="default-scheduler",result="scheduled"} 1',
    'scheduler_schedule_attempts_total{profile="default-scheduler",result="unschedulable"} 1',
  ]);
  expect(lines('scheduler_pod_scheduling')).toEqual([
    'scheduler_pod_scheduling_attempts_sum 20',
    'scheduler_pod_scheduling_attempts_count 1',
    'scheduler_pod_scheduling_sli_duration_seconds_sum{attempts="15+"} 2',
    'scheduler_pod_scheduling_sli_duration_seconds_count{attempts="15+"} 1',
  ]);
  expect(lines('scheduler_scheduling_attempt_duration_seconds_sum{profile="default-scheduler",result="sch')).toEqual([
    'scheduler_scheduling_attempt_duration_seconds_sum{profile="default-scheduler",result="scheduled"} 0.5',
  ]);
});
