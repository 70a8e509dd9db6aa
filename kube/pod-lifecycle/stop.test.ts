import { expect, test } from 'vitest';
import { container, doing, pod, seen, statusOf, T0 } from '../testing/pod-lifecycle.ts';
import { decide, NO_MEMORY, type ObservedContainer } from './index.ts';

test('a deleted pod is killed within its grace, sidecars last and in reverse, then its network goes, then it is finished', () => {
  const p = pod(
    {
      initContainers: [
        { name: 'a', image: 'i', restartPolicy: 'Always' },
        { name: 'b', image: 'i', restartPolicy: 'Always' },
      ],
    },
    {
      metadata: {
        name: 'web-0',
        namespace: 'default',
        uid: 'u1',
        deletionTimestamp: '2026-01-01T00:00:30Z',
        deletionGracePeriodSeconds: 30,
      },
    },
  );
  const [a, b, web] = [container('a', 'running'), container('b', 'running'), container('web', 'running')];
  const { memory } = decide({ pod: p, observed: seen(), memory: NO_MEMORY, now: T0 });
  expect(decide({ pod: p, observed: seen(a, b, web), memory, now: T0 + 10_000 }).actions).toEqual([
    {
      do: 'kill-container',
      container: 'web',
      id: web.id,
      gracePeriodSeconds: 20,
      why: 'pod-ending',
      message: 'Stopping container web',
    },
  ]);
  expect(doing(p, seen(a, b, { ...web, stopBy: T0 + 20_000 }))).toEqual([]);
  const gone = (c: ObservedContainer): ObservedContainer => ({ ...c, state: 'exited', exitCode: 137 });
  expect(doing(p, seen(a, b, gone(web)))).toEqual(['kill-container b']);
  expect(doing(p, seen(a, gone(b), gone(web)))).toEqual(['kill-container a']);
  expect(doing(p, seen(gone(a), gone(b), gone(web)))).toEqual(['stop-sandbox']);
  expect(statusOf(p, seen(gone(a), gone(b), gone(web))).phase).toBe('Failed');
  expect(doing(p, { containers: [] })).toEqual(['finish']);
});

test('a pod that was active too long fails with DeadlineExceeded', () => {
  const p = pod({ activeDeadlineSeconds: 60 }, { status: { startTime: '2026-01-01T00:00:00Z' } });
  const running = seen(container('web', 'running'));
  expect(decide({ pod: p, observed: running, memory: NO_MEMORY, now: T0 }).wakeAt).toBe(T0 + 60_000);
  const late = decide({ pod: p, observed: running, memory: NO_MEMORY, now: T0 + 60_000 });
  expect(late.actions.map((a) => a.do)).toEqual(['event', 'kill-container']);
  const ended = seen(container('web', 'exited', { exitCode: 143 }));
  expect(statusOf(p, ended, late.memory, T0 + 60_000)).toMatchObject({
    phase: 'Failed',
    reason: 'DeadlineExceeded',
    message: 'Pod was active on the node longer than the specified deadline',
  });
});

test('A kill that is under way is repeated only when its time is shortened', () => {
  const deleted = (at: number, seconds: number) => {
    const deletionTimestamp = new Date(at + seconds * 1000).toISOString();
    return { ...pod(), metadata: { ...pod().metadata, deletionTimestamp, deletionGracePeriodSeconds: seconds } };
  };
  const dying = seen(container('web', 'running', { stopBy: T0 + 600_000 }));
  expect(doing(deleted(T0, 600), dying, NO_MEMORY, T0 + 400)).toEqual([]);
  expect(doing(deleted(T0, 600), dying, NO_MEMORY, T0 + 300_400)).toEqual([]);
  expect(
    decide({ pod: deleted(T0 + 10_000, 1), observed: dying, memory: NO_MEMORY, now: T0 + 10_000 }).actions,
  ).toEqual([expect.objectContaining({ do: 'kill-container', gracePeriodSeconds: 2 })]);
});

test('A pod that is failed with a grace period of its own is killed within that', () => {
  const failure = { reason: 'Evicted', message: 'low on memory', gracePeriodSeconds: 5 };
  const observed = seen(container('web', 'running'));
  const { actions } = decide({ pod: pod(), observed, memory: { ...NO_MEMORY, failure }, now: T0 });
  expect(actions).toEqual([expect.objectContaining({ do: 'kill-container', gracePeriodSeconds: 5 })]);
});

test('A grace period is counted by the clock of the node, from when it heard of the deletion', () => {
  const metadata = { ...pod().metadata, deletionTimestamp: '2026-01-01T00:00:30Z', deletionGracePeriodSeconds: 30 };
  const deleted = { ...pod(), metadata };
  const observed = seen(container('web', 'running'));
  // A node whose clock is an hour ahead.
  const now = T0 + 3_600_000;
  const { actions, memory } = decide({ pod: deleted, observed, memory: NO_MEMORY, now });
  expect(actions).toEqual([expect.objectContaining({ do: 'kill-container', gracePeriodSeconds: 30 })]);
  const later = decide({ pod: deleted, observed, memory, now: now + 20_000 });
  expect(later.actions).toEqual([expect.objectContaining({ gracePeriodSeconds: 10 })]);
});

test('Containers that still run in a dead sandbox are ended as at any other time, before the sandbox is replaced', () => {
  const sandbox = { id: 's0', ready: false, ips: [], attempt: 0 };
  const p = pod({ terminationGracePeriodSeconds: 40 });
  const running = container('web', 'running');
  const first = decide({ pod: p, observed: { sandbox, containers: [running] }, memory: NO_MEMORY, now: T0 });
  expect(first.actions).toEqual([
    { do: 'event', event: expect.objectContaining({ reason: 'SandboxChanged' }) },
    expect.objectContaining({ do: 'kill-container', gracePeriodSeconds: 40, message: 'Stopping container web' }),
  ]);
  const dying = { sandbox, containers: [{ ...running, stopBy: T0 + 40_000 }] };
  expect(doing(p, dying, first.memory)).toEqual([]);
  const gone = { sandbox, containers: [{ ...running, state: 'exited' as const, exitCode: 143 }] };
  expect(doing(p, gone, first.memory)).toEqual(['stop-sandbox', 'create-sandbox']);
});

test('A pod that has failed is not reported so while a container of it runs', () => {
  const failure = { reason: 'Evicted', message: 'low on memory' };
  const running = seen(container('web', 'running'));
  const reported = { ...pod(), status: statusOf(pod(), running) };
  const dying = statusOf(reported, running, { ...NO_MEMORY, failure });
  expect([dying.phase, dying.reason, dying.message]).toEqual(['Running', undefined, undefined]);
  expect(dying.conditions?.find(({ type }) => type === 'Ready')).toMatchObject({
    status: 'False',
    reason: 'PodFailed',
  });
  // A container whose postStart hook is not over counts as running, too.
  expect(statusOf(reported, seen(container('web', 'created')), { ...NO_MEMORY, failure }).phase).toBe('Running');
  const mesh = { name: 'mesh', image: 'i', restartPolicy: 'Always' };
  const p = pod({ restartPolicy: 'Never', initContainers: [mesh, { name: 'setup', image: 'i' }] });
  const failed = seen(container('mesh', 'running'), container('setup', 'exited', { exitCode: 1 }));
  expect(doing(p, failed)).toEqual(['kill-container mesh']);
  expect(statusOf(p, failed).phase).toBe('Pending');
});

test('After the clock was set back a container gets its whole grace period at most, and its kill is not repeated', () => {
  const metadata = { ...pod().metadata, deletionTimestamp: '2026-01-01T00:00:30Z', deletionGracePeriodSeconds: 30 };
  const deleted = { ...pod(), metadata };
  const running = container('web', 'running');
  const { memory } = decide({ pod: deleted, observed: seen(running), memory: NO_MEMORY, now: T0 });
  const now = T0 - 24 * 3600_000;
  const { actions } = decide({ pod: deleted, observed: seen(running), memory, now });
  expect(actions).toEqual([expect.objectContaining({ gracePeriodSeconds: 30 })]);
  expect(doing(deleted, seen({ ...running, stopBy: T0 + 30_000 }), memory, now)).toEqual([]);
});

test('a pod that is deleted before a container of it ran has failed once its network is gone', () => {
  const metadata = { ...pod().metadata, deletionTimestamp: '2026-01-01T00:00:30Z', deletionGracePeriodSeconds: 30 };
  const deleted = pod({}, { metadata, status: { phase: 'Pending' } });
  expect(statusOf(deleted, seen()).phase).toBe('Pending');
  expect(statusOf(deleted, { containers: [] }).phase).toBe('Failed');
  const running = seen(container('web', 'running'));
  expect(statusOf(deleted, { containers: running.containers }).phase).not.toBe('Failed');
});
