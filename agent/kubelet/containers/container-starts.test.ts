import { expect, test } from 'vitest';
import type { CommandResult } from '../../runtimes/runtime.ts';
import { settle } from '../../testing/fake-clock.ts';
import { NodeRig, pod } from '../../testing/node-rig.ts';

const failing = (): CommandResult => ({ exitCode: 1, stdout: Buffer.from('no'), stderr: Buffer.alloc(0) });

test('While one container is pulled and the hook of another runs, probes and status go on', async () => {
  const rig = new NodeRig();
  await using _rig = rig;
  const probe = { exec: { command: ['probe'] }, periodSeconds: 1 };
  const spec = {
    containers: [
      { name: 'a', image: 'run', livenessProbe: probe },
      { name: 'b', image: 'run', lifecycle: { postStart: { exec: { command: ['hook'] } } } },
      { name: 'c', image: 'slow' },
    ],
  };
  let endHook = () => {};
  const hook = new Promise<void>((resolve) => {
    endHook = resolve;
  });
  const ok = { exitCode: 0, stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
  rig.runtime.commands = async (_, command) => {
    if (command[0] === 'hook') await hook;
    return ok;
  };
  rig.cluster.create(pod('web', {}, spec));
  let pulled = () => {};
  const pull = new Promise<void>((resolve) => {
    pulled = resolve;
  });
  rig.startAgent().steps.fault = (call) => (call.includes('pullImage slow') ? pull : undefined);
  const states = () =>
    rig.cluster.pod('web')?.status?.containerStatuses?.map(({ state }) => Object.keys(state ?? {})[0]);
  const probes = () => rig.steps.calls.filter((call) => call === 'runtime run a probe').length;
  await rig.clock.advance(3_000);
  // A container counts as running once its hook is over; the next one starts after that.
  expect(states()).toEqual(['running', 'waiting', 'waiting']);
  expect(rig.acts().filter((act) => act.startsWith('createContainer'))).toEqual([
    'createContainer a',
    'createContainer b',
  ]);
  expect(probes()).toBeGreaterThanOrEqual(3);
  endHook();
  await rig.clock.advance(3_000);
  expect(states()).toEqual(['running', 'running', 'waiting']);
  const before = probes();
  await rig.clock.advance(3_000);
  expect(probes()).toBe(before + 3);
  // A container that has run before does not wait for the pull either.
  rig.runtime.exit(rig.runtime.running('a')[0]?.id ?? '', 1);
  await rig.clock.advance(1_000);
  expect(rig.cluster.pod('web')?.status?.containerStatuses?.[0]).toMatchObject({
    restartCount: 1,
    state: { running: {} },
  });
  pulled();
  await rig.untilReady();
});

test('A pod that is deleted during a pull ends without waiting for it', async () => {
  const rig = new NodeRig();
  await using _rig = rig;
  rig.cluster.create(pod('web', { image: 'slow' }));
  rig.startAgent().steps.fault = (call) => (call.includes('pullImage') ? new Promise(() => {}) : undefined);
  await rig.clock.advance(1_000);
  rig.cluster.delete('web');
  await rig.untilGone('web', 3);
});

test('A container whose ConfigMap is missing starts as soon as that is there', async () => {
  const rig = new NodeRig();
  await using _rig = rig;
  rig.cluster.create(pod('web', { envFrom: [{ configMapRef: { name: 'conf' } }] }));
  rig.startAgent();
  await rig.clock.advance(2_000);
  expect(rig.cluster.pod('web')?.status?.containerStatuses?.[0]?.state?.waiting).toEqual({
    reason: 'CreateContainerConfigError',
    message: 'configmap "conf" not found',
  });
  const metadata = { name: 'conf', namespace: 'default' };
  rig.cluster.put('/api/v1/namespaces/default/configmaps/conf', { apiVersion: 'v1', kind: 'ConfigMap', metadata });
  await settle();
  expect(rig.cluster.pod('web')?.status?.phase).toBe('Running');
});

test('A pod that is deleted while its container is created is not ended before that container exists', async () => {
  await using rig = new NodeRig();
  rig.cluster.create(pod('web'));
  let created = () => {};
  const creation = new Promise<void>((resolve) => {
    created = resolve;
  });
  rig.startAgent().steps.fault = (call) => (call.includes('createContainer') ? creation : undefined);
  await rig.clock.advance(1_000);
  rig.cluster.delete('web');
  await rig.clock.advance(5_000);
  expect(rig.acts().at(-1)).toBe('createContainer c');
  created();
  await rig.untilGone('web', 1);
  expect(rig.acts()).toEqual(expect.arrayContaining(['removeContainer c']));
  expect(rig.acts()).not.toContain('startContainer c');
});

test('A runtime that leaves a container as created when its start fails is not asked without end', async () => {
  await using rig = new NodeRig();
  rig.cluster.create(pod('web'));
  rig.startAgent().steps.fault = (call) => (call.includes('startContainer') ? new Error('broken pipe') : undefined);
  await rig.clock.advance(30_000);
  // After 5, 10 and 20 s.
  expect(rig.acts().filter((act) => act.startsWith('createContainer'))).toHaveLength(3);
  expect(rig.cluster.pod('web')?.status?.containerStatuses?.[0]?.state?.waiting).toEqual({
    reason: 'RunContainerError',
    message: 'broken pipe',
  });
  rig.steps.fault = () => undefined;
  await rig.untilReady();
});

test('A container whose postStart hook fails waits for that reason, and starts anew', async () => {
  await using rig = new NodeRig();
  rig.runtime.commands = failing;
  rig.cluster.create(pod('web', { lifecycle: { postStart: { exec: { command: ['hook'] } } } }));
  rig.startAgent();
  const waiting = () => rig.cluster.pod('web')?.status?.containerStatuses?.[0]?.state?.waiting?.reason;
  await rig.until('told', () => waiting() === 'PostStartHookError' || waiting() === 'CrashLoopBackOff', 5);
  expect(rig.cluster.reasons()).toContain('FailedPostStartHook');
  rig.runtime.commands = () => ({ exitCode: 0, stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) });
  await rig.untilReady();
});

test('A container that is being started again is in no back-off', async () => {
  await using rig = new NodeRig();
  rig.cluster.create(pod('web'));
  rig.startAgent();
  await rig.untilReady();
  let created = () => {};
  const creation = new Promise<void>((resolve) => {
    created = resolve;
  });
  rig.steps.fault = (call) => (call.includes('createContainer') ? creation : undefined);
  rig.runtime.exit(rig.runtime.running()[0]?.id ?? '', 1);
  await rig.clock.advance(5_000);
  expect(rig.cluster.pod('web')?.status?.containerStatuses?.[0]?.state?.waiting).toBeUndefined();
  created();
  await rig.untilReady();
  expect(rig.cluster.reasons()).not.toContain('BackOff');
});

test('In a new sandbox a container that waits for the one before it waits for nothing else', async () => {
  await using rig = new NodeRig();
  const containers = ['a', 'b'].map((name) => ({ name, image: 'run' }));
  rig.cluster.create(pod('web', {}, { containers }));
  rig.startAgent();
  await rig.untilReady();
  rig.runtime.kill([...rig.runtime.sandboxes.keys()][0] ?? '');
  await rig.until('both running', () => rig.runtime.running().length === 2, 5);
  expect(rig.cluster.reasons()).not.toContain('BackOff');
});
