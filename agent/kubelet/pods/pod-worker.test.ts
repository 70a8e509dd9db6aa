import { existsSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type CommandResult, RuntimeError } from '../../runtimes/runtime.ts';
import { settle } from '../../testing/fake-clock.ts';
import { NodeRig, pod } from '../../testing/node-rig.ts';
import { Steps } from '../../testing/steps.ts';

async function running(...args: Parameters<typeof pod>): Promise<NodeRig> {
  const rig = new NodeRig();
  rig.cluster.create(pod(...args));
  rig.startAgent();
  await rig.untilPhase('Running', args[0]);
  return rig;
}

const failing = (): CommandResult => ({ exitCode: 1, stdout: Buffer.from('no'), stderr: Buffer.alloc(0) });

test('A pod gets a sandbox and its container, is reported, and leaves nothing when it is deleted', async () => {
  await using rig = await running('web');
  expect(rig.acts()).toEqual(['runSandbox web', 'pullImage run:latest', 'createContainer c', 'startContainer c']);
  expect(rig.cluster.pod('web')?.status).toMatchObject({ podIP: '10.0.0.1', hostIP: '192.0.2.1' });
  rig.cluster.delete('web');
  await rig.untilGone();
  expect(rig.runtime.containers.size).toBe(0);
  expect(rig.cluster.reasons()).toEqual(['Pulling', 'Pulled', 'Created', 'Started', 'Killing']);
});

test('A container that cannot be killed is tried again with a back-off, and its event is counted up', async () => {
  await using rig = await running('web');
  rig.steps.fault = (call) => (call.includes('stopContainer') ? new Error('cannot kill') : undefined);
  rig.cluster.delete('web');
  await rig.clock.advance(60_000);
  const kills = () => rig.acts().filter((act) => act.startsWith('stopContainer')).length;
  // After 1, 2, 4, 8, 16 and 32 s.
  expect(kills()).toBe(6);
  const failed = rig.cluster.events.filter(({ reason }) => reason === 'FailedKillPod');
  expect(failed).toEqual([
    { reason: 'FailedKillPod', message: 'error killing pod: cannot kill', count: 6, lastTimestamp: expect.any(String) },
  ]);
  rig.steps.fault = () => undefined;
  await rig.untilGone();
});

test('A grace period that is shortened while a container ends holds at once', async () => {
  await using rig = await running('web', { image: 'stubborn' }, { terminationGracePeriodSeconds: 600 });
  rig.cluster.delete('web', 600);
  await rig.clock.advance(10_000);
  rig.cluster.delete('web', 5);
  await rig.untilGone('web', 6);
  expect(rig.acts().filter((act) => act.startsWith('stopContainer'))).toEqual([
    'stopContainer c 600',
    'stopContainer c 5',
  ]);
});

test('A preStop hook that runs does not keep a pod that is deleted by force', async () => {
  const lifecycle = { preStop: { sleep: { seconds: 500 } } };
  await using rig = await running('web', { lifecycle }, { terminationGracePeriodSeconds: 600 });
  rig.cluster.delete('web', 600);
  await rig.clock.advance(10_000);
  expect(rig.runtime.running()).toHaveLength(1);
  rig.cluster.delete('web', 0);
  await rig.untilGone('web', 3);
});

test('The clock that is set back during a preStop hook gives the container no more than its grace period', async () => {
  const lifecycle = { preStop: { sleep: { seconds: 20 } } };
  await using rig = await running('web', { image: 'stubborn', lifecycle }, { terminationGracePeriodSeconds: 60 });
  rig.cluster.delete('web', 60);
  await rig.clock.advance(10_000);
  rig.clock.setBack(24 * 3600_000);
  await rig.untilGone('web', 80);
  expect(rig.acts().filter((act) => act.startsWith('stopContainer'))).toEqual(['stopContainer c 60']);
});

test('A container whose start ends while a pass looks at the runtime is not started again', async () => {
  const rig = new NodeRig();
  await using _rig = rig;
  const hold = (): { held: Promise<void>; release: () => void } => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    return { held, release };
  };
  const [start, look] = [hold(), hold()];
  const containers = [
    { name: 'a', image: 'run' },
    { name: 'b', image: 'run' },
  ];
  rig.cluster.create(pod('web', {}, { containers }));
  let isHeld = true;
  rig.startAgent().steps.fault = (call) => {
    if (!isHeld) return undefined;
    if (call === 'runtime startContainer b') return start.held;
    // Container a is asked for after b, so the answer about b is already there.
    const isCreated = [...rig.runtime.containers.values()].some(({ name }) => name === 'b');
    return call === 'runtime container a' && isCreated ? look.held : undefined;
  };
  await rig.clock.advance(1_000);
  rig.agent.kubelet.workers.wake(rig.agent.kubelet.workers.pods.keys());
  await settle();
  isHeld = false;
  start.release();
  await settle();
  look.release();
  await rig.untilReady();
  await rig.clock.advance(10_000);
  expect(rig.acts().filter((act) => act.startsWith('createContainer'))).toEqual([
    'createContainer a',
    'createContainer b',
  ]);
});

test('A probe that fails kills its container; one that cannot be run says nothing of it', async () => {
  const livenessProbe = { exec: { command: ['probe'] }, periodSeconds: 1, failureThreshold: 2 };
  await using rig = await running('web', { livenessProbe });
  const kills = () => rig.acts().filter((act) => act.startsWith('stopContainer'));
  rig.steps.fault = (call) =>
    call.includes(' run c') ? new RuntimeError('unavailable', 'runtime is down') : undefined;
  await rig.clock.advance(30_000);
  expect(kills()).toEqual([]);
  expect(rig.cluster.events.find(({ reason }) => reason === 'Unhealthy')?.message).toBe(
    'Liveness probe errored and resulted in unknown state: runtime is down',
  );
  rig.steps.fault = () => undefined;
  rig.runtime.commands = failing;
  await rig.until('killed', () => kills().length > 0, 3);
  expect(kills()).toEqual(['stopContainer c 30']);
});

test('While the runtime cannot be listed, no pod is finished that may still run', async () => {
  await using rig = await running('web');
  const steps = new Steps();
  steps.fault = (call) => (call === 'runtime containers' ? new Error('runtime is down') : undefined);
  rig.startAgent(steps);
  rig.cluster.delete('web');
  await rig.clock.advance(60_000);
  expect(rig.cluster.pod('web')).toBeDefined();
  expect(rig.runtime.running()).toHaveLength(1);
  steps.fault = () => undefined;
  await rig.untilGone();
  expect(rig.runtime.containers.size).toBe(0);
});

test('A container that was ready stays so when the agent is started anew, until its probe says otherwise', async () => {
  const probe = { exec: { command: ['probe'] }, periodSeconds: 10, failureThreshold: 2 };
  await using rig = await running('web', { startupProbe: probe, readinessProbe: probe });
  await rig.untilReady();
  const ready: (boolean | undefined)[] = [];
  const put = rig.cluster.put.bind(rig.cluster);
  rig.cluster.put = (path, object) => {
    put(path, object);
    ready.push(rig.cluster.pod('web')?.status?.containerStatuses?.[0]?.ready);
  };
  rig.startAgent();
  await rig.clock.advance(20_000);
  expect(ready).not.toContain(false);
  const asked = rig.steps.calls.filter((call) => call.includes(' run c'));
  // The startup probe is not asked again; the readiness probe is.
  expect(asked).toHaveLength(3);
  rig.runtime.commands = failing;
  rig.startAgent();
  await rig.clock.advance(5_000);
  expect(rig.cluster.pod('web')?.status?.containerStatuses?.[0]?.ready).toBe(true);
  await rig.clock.advance(10_000);
  expect(rig.cluster.pod('web')?.status?.containerStatuses?.[0]).toMatchObject({ ready: false, started: true });
});

test('A pod is failed from outside with a reason and a grace period of its own', async () => {
  await using rig = await running('web', { image: 'stubborn' });
  const { uid = '' } = rig.cluster.pod('web')?.metadata ?? {};
  rig.agent.kubelet.workers.fail(uid, {
    reason: 'Evicted',
    message: 'The node was low on resource: memory.',
    gracePeriodSeconds: 3,
  });
  await rig.untilPhase('Failed', 'web', 5);
  expect(rig.cluster.pod('web')?.status).toMatchObject({
    reason: 'Evicted',
    message: 'The node was low on resource: memory.',
  });
  await rig.until('ended', () => rig.runtime.running().length === 0, 5);
});

test('A sandbox that cannot be made is tried again with a back-off', async () => {
  const rig = new NodeRig();
  await using _rig = rig;
  rig.cluster.create(pod('web'));
  rig.startAgent().steps.fault = (call) => (call.includes('runSandbox') ? new Error('no network') : undefined);
  await rig.clock.advance(30_000);
  // After 5, 10 and 20 s.
  expect(rig.acts()).toHaveLength(3);
  expect(rig.cluster.events).toMatchObject([
    { reason: 'FailedCreatePodSandBox', message: 'Failed to create pod sandbox: no network', count: 3 },
  ]);
  rig.steps.fault = () => undefined;
  await rig.untilPhase('Running');
});

test('A pod that ends is still asked whether it serves, and not whether it lives', async () => {
  const probe = (name: string) => ({ exec: { command: [name] }, periodSeconds: 1 });
  const probes = { livenessProbe: probe('lives'), readinessProbe: probe('serves') };
  await using rig = await running('web', { ...probes, image: 'stubborn' }, { terminationGracePeriodSeconds: 60 });
  await rig.untilReady();
  rig.cluster.delete('web', 60);
  await rig.clock.advance(1_000);
  const asked = (name: string) => rig.steps.calls.filter((call) => call === `runtime run c ${name}`).length;
  const lives = asked('lives');
  const serves = asked('serves');
  rig.runtime.commands = failing;
  await rig.clock.advance(10_000);
  expect(asked('lives')).toBe(lives);
  expect(asked('serves')).toBeGreaterThan(serves + 5);
  expect(rig.cluster.pod('web')?.status?.containerStatuses?.[0]?.ready).toBe(false);
  expect(rig.acts().filter((act) => act.startsWith('stopContainer'))).toEqual(['stopContainer c 60']);
});

test('A pod that has ended keeps its status and no volumes, also for the next agent', async () => {
  await using rig = new NodeRig();
  const spec = { restartPolicy: 'Never', volumes: [{ name: 'tmp', emptyDir: {} }] };
  const made = pod('web', { image: 'exit:0', volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }] }, spec);
  rig.cluster.create(made);
  rig.startAgent();
  await rig.untilPhase('Succeeded');
  const { uid = '' } = made.metadata;
  await rig.until('without volumes', () => !existsSync(rig.folders.volumes(uid)), 5);
  expect(readdirSync(rig.folders.pod(uid))).toContain('containers');
  const before = rig.cluster.pod('web')?.status;
  rig.startAgent();
  await rig.clock.advance(10_000);
  expect(rig.cluster.pod('web')?.status).toEqual(before);
});

test('A pod that is failed as a whole keeps its volumes until its containers have ended', async () => {
  const spec = { volumes: [{ name: 'tmp', emptyDir: {} }] };
  await using rig = await running('web', { image: 'stubborn' }, spec);
  const { uid = '' } = rig.cluster.pod('web')?.metadata ?? {};
  rig.agent.kubelet.workers.fail(uid, { reason: 'Evicted', message: 'low on memory', gracePeriodSeconds: 20 });
  await rig.clock.advance(10_000);
  expect(rig.cluster.pod('web')?.status?.phase).toBe('Running');
  expect(existsSync(rig.folders.volumes(uid))).toBe(true);
  await rig.untilPhase('Failed', 'web', 15);
  await rig.until('without volumes', () => !existsSync(rig.folders.volumes(uid)), 5);
});

test('After the machine’s clock was set back no pod waits for the times of before', async () => {
  const probe = { exec: { command: ['probe'] }, periodSeconds: 10 };
  await using rig = await running('web', { readinessProbe: probe });
  rig.cluster.create(pod('crash', { image: 'exit:1' }));
  rig.cluster.create(pod('stuck'));
  rig.steps.fault = (call) => (call.includes('runSandbox stuck') ? new Error('no network') : undefined);
  const restarts = () => rig.cluster.pod('crash')?.status?.containerStatuses?.[0]?.restartCount ?? 0;
  await rig.until('crashing', () => restarts() === 2, 60);
  rig.steps.fault = () => undefined;
  const probes = () => rig.steps.calls.filter((call) => call === 'runtime run c probe').length;
  const before = { probes: probes(), restarts: restarts() };
  rig.clock.setBack(24 * 3600_000);
  rig.agent.kubelet.clockSetBack();
  await rig.clock.advance(60_000);
  expect(probes()).toBeGreaterThan(before.probes + 3);
  expect(restarts()).toBeGreaterThan(before.restarts);
  expect(rig.cluster.pod('stuck')?.status?.phase).toBe('Running');
});
