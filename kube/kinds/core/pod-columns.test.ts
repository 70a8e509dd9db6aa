import { expect, test } from 'vitest';
import { pod } from '../../testing/objects.ts';
import type { ContainerState, ContainerStatus, Pod } from '../../types.ts';
import { podColumns } from './pod-columns.ts';

const NOW = Date.parse('2026-01-01T01:00:00Z');

function status(name: string, state: ContainerState, more: Partial<ContainerStatus> = {}): ContainerStatus {
  return { name, state, image: 'x', imageID: '', ready: false, restartCount: 0, ...more };
}

const running = (name: string, more: Partial<ContainerStatus> = {}) =>
  status(name, { running: {} }, { ready: true, started: true, ...more });
const waiting = (name: string, reason: string) => status(name, { waiting: { reason } });
const ended = (name: string, exitCode: number, reason?: string) => status(name, { terminated: { exitCode, reason } });
const restarted = (count: number, at: string) => ({
  restartCount: count,
  lastState: { terminated: { exitCode: 1, finishedAt: `2026-01-01T00:${at}:00Z` } },
});

const two = [
  { name: 'a', image: 'x' },
  { name: 'b', image: 'x' },
];
const ready = [{ type: 'Ready', status: 'True' }];

test.each<[string, Parameters<typeof pod>[0], string]>([
  ['nobody has taken', { spec: { containers: two }, status: { phase: 'Pending' } }, '0/2 Pending 0'],
  [
    'is starting',
    { status: { phase: 'Pending', containerStatuses: [waiting('main', 'ContainerCreating')] } },
    '0/1 ContainerCreating 0',
  ],
  [
    'runs, after restarts',
    { status: { phase: 'Running', containerStatuses: [running('main', restarted(2, '55'))] } },
    '1/1 Running 2 (5m ago)',
  ],
  [
    'crashes beside a running container',
    {
      spec: { containers: two },
      status: { phase: 'Running', containerStatuses: [running('a'), waiting('b', 'CrashLoopBackOff')] },
    },
    '1/2 CrashLoopBackOff 0',
  ],
  [
    'has finished',
    { status: { phase: 'Succeeded', containerStatuses: [ended('main', 0, 'Completed')] } },
    '0/1 Completed 0',
  ],
  [
    'has failed without a reason',
    { status: { phase: 'Failed', containerStatuses: [ended('main', 3)] } },
    '0/1 ExitCode:3 0',
  ],
  ['was evicted', { status: { phase: 'Failed', reason: 'Evicted' } }, '0/1 Evicted 0'],
  [
    'has one container that finished and one that runs',
    {
      spec: { containers: two },
      status: { phase: 'Running', conditions: ready, containerStatuses: [ended('a', 0, 'Completed'), running('b')] },
    },
    '1/2 Running 0',
  ],
  [
    'runs its second init container',
    {
      spec: { initContainers: two },
      status: { phase: 'Pending', initContainerStatuses: [ended('a', 0), running('b')] },
    },
    '0/1 Init:1/2 0',
  ],
  [
    'has an init container that crashes',
    {
      spec: { initContainers: two },
      status: { phase: 'Pending', initContainerStatuses: [waiting('a', 'CrashLoopBackOff')] },
    },
    '0/1 Init:CrashLoopBackOff 0',
  ],
  [
    'has a sidecar',
    {
      spec: { initContainers: [{ name: 's', image: 'x', restartPolicy: 'Always' }] },
      status: {
        phase: 'Running',
        conditions: ready,
        initContainerStatuses: [running('s', restarted(1, '30'))],
        containerStatuses: [running('main')],
      },
    },
    '2/2 Running 1 (30m ago)',
  ],
  [
    'is being deleted',
    {
      metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' },
      status: { phase: 'Running', containerStatuses: [running('main')] },
    },
    '1/1 Terminating 0',
  ],
  [
    'is gated',
    {
      status: { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] },
    },
    '0/1 SchedulingGated 0',
  ],
])('kubectl get shows what a pod that %s is up to', (_, parts, row) => {
  const cells = podColumns.slice(1, 4).map(({ cell }) => cell(pod(parts), NOW));
  expect(cells.join(' ')).toBe(row);
});

test('the wide columns say where a pod is', () => {
  const wide = (object: Pod) =>
    podColumns.filter(({ priority }) => priority === 1).map(({ cell }) => cell(object, NOW));
  expect(wide(pod())).toEqual(['<none>', '<none>', '<none>', '<none>']);
  const placed = pod({
    spec: { nodeName: 'n1', readinessGates: [{ conditionType: 'a' }, { conditionType: 'b' }] },
    status: { podIPs: [{ ip: '10.0.0.9' }], conditions: [{ type: 'a', status: 'True' }] },
  });
  expect(wide(placed)).toEqual(['10.0.0.9', 'n1', '<none>', '1/2']);
});
