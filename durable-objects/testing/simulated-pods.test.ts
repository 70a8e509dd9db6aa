/** Annotations steer simulated pods: images that are slow or cannot be pulled, readiness, and values that mean nothing. */
import { expect, test } from 'vitest';
import type { Event, Pod } from '../../kube/types.ts';
import { TestCluster } from './cluster.ts';

const PODS = '/api/v1/namespaces/default/pods';

async function run(annotations: Record<string, string>, spec: object = {}) {
  const cluster = await TestCluster.start({ simulatedNodes: 1 });
  const steering = Object.fromEntries(
    Object.entries(annotations).map(([name, text]) => [`islet.dev/simulated-${name}`, text]),
  );
  const containers = [{ name: 'c', image: 'web:1' }];
  await cluster.must(`POST ${PODS}`, { metadata: { name: 'p', annotations: steering }, spec: { containers, ...spec } });
  await cluster.settle();
  const pod = () => cluster.must<Pod>(`GET ${PODS}/p`);
  return {
    cluster,
    pod,
    async state() {
      const { phase, containerStatuses } = (await pod()).status ?? {};
      const { state, ready } = containerStatuses?.[0] ?? {};
      return [phase, state?.waiting?.reason ?? Object.keys(state ?? {})[0], ready];
    },
    /** By the time they are of, in order. */
    async events() {
      const events = await cluster.list('/api/v1/namespaces/default/events');
      return (events as unknown as Event[])
        .filter(({ involvedObject, source }) => involvedObject.name === 'p' && source?.component === 'kubelet')
        .map(({ reason, message, metadata }) => ({ name: metadata.name ?? '', text: `${reason}: ${message}` }))
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .map(({ text }) => text);
    },
  };
}

test('an image that takes its time is pulled meanwhile, also over evictions', async () => {
  const { cluster, state, events } = await run({ 'start-after': '7.5' });
  expect(await state()).toEqual(['Pending', 'ContainerCreating', false]);
  cluster.evict();
  await cluster.advance(7000);
  expect(await state()).toEqual(['Pending', 'ContainerCreating', false]);
  await cluster.advance(1000);
  expect(await state()).toEqual(['Running', 'running', true]);
  expect(await events()).toEqual([
    'Pulling: Pulling image "web:1"',
    'Pulled: Successfully pulled image "web:1" in 7.5s (7.5s including waiting). Image size: 67108864 bytes.',
    'Created: Container created',
    'Started: Container started',
  ]);
  expect(cluster.reported).toEqual([]);
});

test('each image takes its time once the containers before have ended', async () => {
  const { cluster, state, pod } = await run(
    { 'start-after': '5' },
    { initContainers: [{ name: 'setup', image: 'setup:1' }] },
  );
  await cluster.advance(6000);
  expect((await pod()).status?.initContainerStatuses?.[0]?.state?.terminated?.exitCode).toBe(0);
  expect(await state()).toEqual(['Pending', 'PodInitializing', false]);
  await cluster.advance(6000);
  expect(await state()).toEqual(['Running', 'running', true]);
});

const FAILED = [
  'Pulling: Pulling image "web:1"',
  'Failed: Failed to pull image "web:1": manifest unknown',
  'Failed: Error: ErrImagePull',
];
const BACK_OFF = ['BackOff: Back-off pulling image "web:1"', 'Failed: Error: ImagePullBackOff'];

test('an image that cannot be pulled is tried with the kubelet’s back-off, until it can', async () => {
  const { cluster, state, events, pod } = await run({ 'pull-error': 'manifest unknown' });
  const waiting = async () => (await pod()).status?.containerStatuses?.[0]?.state?.waiting;
  expect(await waiting()).toEqual({ reason: 'ErrImagePull', message: 'manifest unknown' });
  await cluster.advance(4000);
  expect(await waiting()).toEqual({
    reason: 'ImagePullBackOff',
    message: 'Back-off pulling image "web:1": ErrImagePull: manifest unknown',
  });
  expect(await events()).toEqual([...FAILED, ...BACK_OFF]);
  cluster.evict();
  await cluster.advance(7000);
  expect(await state()).toEqual(['Pending', 'ErrImagePull', false]);
  expect(await events()).toEqual([...FAILED, ...BACK_OFF, ...FAILED]);
  await cluster.advance(3_600_000);
  // 0, 10, 30, 70, 150 and 310 s after the start, then every 5 minutes.
  expect((await events()).filter((text) => text.startsWith('Pulling'))).toHaveLength(17);
  const annotations = { 'islet.dev/simulated-pull-error': null };
  await cluster.must(`PATCH ${PODS}/p`, { metadata: { annotations } }, 'application/merge-patch+json');
  await cluster.settle();
  expect(await state()).toEqual(['Pending', 'ErrImagePull', false]);
  await cluster.advance(300_000);
  expect(await state()).toEqual(['Running', 'running', true]);
  expect(cluster.reported).toEqual([]);
});

test('an image that is never pulled is told of once', async () => {
  const containers = [{ name: 'c', image: 'web:1', imagePullPolicy: 'Never' }];
  const { cluster, state, events } = await run({ 'pull-error': 'no' }, { containers });
  await cluster.advance(3_000_000);
  expect(await state()).toEqual(['Pending', 'ErrImageNeverPull', false]);
  expect(await events()).toEqual([
    'ErrImageNeverPull: Container image "web:1" is not present with pull policy of Never',
    'Failed: Error: ErrImageNeverPull',
  ]);
});

test('one container alone crashes, and one that sets up fails or takes its time', async () => {
  const containers = ['c', 'd'].map((name) => ({ name, image: 'web:1' }));
  const alone = await run({ 'exit-after.d': '1', 'exit-code.d': '2', 'logs.d': 'oops' }, { containers });
  await alone.cluster.advance(3000);
  const { containerStatuses } = (await alone.pod()).status ?? {};
  expect(containerStatuses?.map(({ name, ready, restartCount }) => [name, ready, restartCount])).toEqual([
    ['c', true, 0],
    ['d', false, 1],
  ]);
  const initContainers = [{ name: 'setup', image: 'setup:1' }];
  const fails = await run({ 'exit-code.setup': '7' }, { initContainers });
  await fails.cluster.advance(5000);
  const [setup] = (await fails.pod()).status?.initContainerStatuses ?? [];
  expect([setup?.state?.waiting?.reason, setup?.lastState?.terminated?.exitCode]).toEqual(['CrashLoopBackOff', 7]);
  const slow = await run({ 'exit-after.setup': '4' }, { initContainers });
  expect((await slow.state())[1]).toBe('PodInitializing');
  await slow.cluster.advance(5000);
  expect(await slow.state()).toEqual(['Running', 'running', true]);
});

test('readiness that flips is what endpoints follow', async () => {
  const { cluster, state } = await run({ 'ready-after': '5', 'ready-flips': '30,10' });
  const seen: unknown[] = [];
  for (let second = 0; second < 60; second += 10) {
    seen.push((await state())[2]);
    await cluster.advance(10_000);
  }
  expect(seen).toEqual([false, true, true, true, false, true]);
});

test('steering that cannot be followed is told in an event, once, and counts as left out', async () => {
  const { cluster, state, events } = await run({ 'exit-after': '5m', 'exit-code': '-1', readiness: 'true' });
  expect(await state()).toEqual(['Running', 'running', true]);
  const told = async () => (await events()).filter((text) => text.startsWith('InvalidAnnotation')).sort();
  expect(await told()).toEqual([
    'InvalidAnnotation: islet.dev/simulated-exit-after: must be a number of seconds, like "5", not "5m"',
    'InvalidAnnotation: islet.dev/simulated-exit-code: must be a number from 0 to 255, not "-1"',
    expect.stringMatching(/^InvalidAnnotation: islet.dev\/simulated-readiness: unknown annotation; there are islet/),
  ]);
  cluster.evict();
  const labels = { a: 'b' };
  await cluster.must(`PATCH ${PODS}/p`, { metadata: { labels } }, 'application/merge-patch+json');
  await cluster.settle();
  expect(await told()).toHaveLength(3);
});
