import { expect, test } from 'vitest';
import { KindRegistry } from '../../kube/kinds/registry.ts';
import { formatTrace } from '../../wire/trace.ts';
import { createControllers } from '../controllers/index.ts';
import { Harness } from '../controllers/runtime/testing/harness.ts';
import { nginxDeployment, settleAll } from '../controllers/runtime/testing/kubelet.ts';
import { traceStory } from './story.ts';

const query = { resource: 'deployments.apps', namespace: 'default', name: 'nginx' };

async function rolledOut(): Promise<Harness> {
  const harness = new Harness(
    createControllers({
      rootCA: 'PEM',
      managed: true,
      kinds: new KindRegistry(),
      remoteVersions: () => [],
      loadBalancers: { serves: () => false },
    }),
  );
  await harness.api.apply('configmaps', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'c', namespace: 'default' },
  });
  await harness.api.apply('deployments.apps', nginxDeployment({ replicas: 1 }));
  await settleAll(harness);
  return harness;
}

test('the story goes from the apply over the ReplicaSet to the running pod, each step with its cause', async () => {
  const { api } = await rolledOut();
  const story = traceStory(query, api, api)!;
  const done = story.steps.filter(({ isEvent }) => !isEvent);
  expect(done[0]).toMatchObject({
    offset: 0,
    who: 'islet:admin',
    what: 'created with 1 replica',
    object: { kind: 'Deployment' },
  });
  const set = done.find(({ object, what }) => object.kind === 'ReplicaSet' && what.startsWith('created'))!;
  expect(set).toMatchObject({ who: 'deployment-controller', causedBy: done[0]?.revision });
  const pod = done.find(({ object, what }) => object.kind === 'Pod' && what === 'created')!;
  expect(pod).toMatchObject({ who: 'replicaset-controller', causedBy: set.revision });
  expect(done.some(({ what, object }) => object.kind === 'Pod' && what === 'bound to sim-0')).toBe(true);
  expect(done.some(({ what, object }) => object.kind === 'Pod' && what === 'Running, ready')).toBe(true);
  expect(done.at(-1)).toMatchObject({ object: { kind: 'Deployment' } });
  expect(done.at(-1)?.what).toContain('1 of 1 ready');
  const told = story.steps.filter(({ isEvent }) => isEvent).map(({ what }) => what);
  expect(told.some((what) => /^ScalingReplicaSet: Scaled up replica set nginx-\w+ from 0 to 1$/.test(what))).toBe(true);
  expect(story.steps.map(({ object }) => object.kind)).not.toContain('ConfigMap');
  expect(JSON.parse(JSON.stringify(story))).toEqual(story);
});

test('an event that names its object without a uid is part of the story', async () => {
  const { api } = await rolledOut();
  const [pod] = api.all('pods/');
  const told = (name = '') => ({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${name}.1`, namespace: 'default' },
    involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace: 'default', name },
    reason: 'TaintManagerEviction',
    message: `Marking for deletion Pod default/${name}`,
  });
  await api.apply('events', told(pod?.metadata.name));
  await api.apply('events', told('other'));
  const { steps } = traceStory(query, api, api)!;
  const found = steps.filter(({ what }) => what.startsWith('TaintManagerEviction'));
  expect(found).toMatchObject([{ object: { kind: 'Pod', name: pod?.metadata.name } }]);
});

test('a story begins at the last apply, and takes in old sets and pods that go because of it', async () => {
  const harness = await rolledOut();
  const { api } = harness;
  const applied = api.revision;
  await api.patch('deployments.apps', 'default', 'nginx', {
    spec: { template: { spec: { containers: [{ name: 'nginx', image: 'nginx:2' }] } } },
  });
  await settleAll(harness);
  const { steps } = traceStory(query, api, api)!;
  expect(steps[0]).toMatchObject({ revision: applied + 1, what: 'new pod template (nginx:2)' });
  expect(steps.some(({ what, object }) => object.kind === 'ReplicaSet' && what.includes('scaled from 1 to 0'))).toBe(
    true,
  );
  expect(steps.some(({ what, object }) => object.kind === 'Pod' && what === 'deleted')).toBe(true);
});

test('the story of an earlier apply ends where the next one begins', async () => {
  const harness = await rolledOut();
  const { api } = harness;
  const first = traceStory(query, api, api)!;
  const last = api.revision;
  await api.patch('deployments.apps', 'default', 'nginx', { spec: { replicas: 2 } });
  await settleAll(harness);
  const revision = first.steps[0]!.revision;
  const earlier = traceStory({ ...query, revision }, api, api)!;
  expect(earlier).toEqual(first);
  expect(earlier.steps.at(-1)!.revision).toBeLessThanOrEqual(last);
  expect(traceStory(query, api, api)!.steps[0]?.parts).toEqual([{ code: 'scaled', from: 1, to: 2 }]);
  expect(traceStory({ ...query, name: 'other', revision }, api, api)).toBeUndefined();
});

test('an object that is gone still has its story; one that never was has none', async () => {
  const harness = await rolledOut();
  await harness.api.remove('deployments.apps', 'default', 'nginx');
  await harness.settle();
  const story = traceStory(query, harness.api, harness.api);
  expect(story?.steps[0]?.what).toBe('deleted');
  expect(story?.steps.filter(({ what }) => what === 'deleted').map(({ object }) => object.kind)).toEqual([
    'Deployment',
    'ReplicaSet',
    'Pod',
  ]);
  expect(traceStory({ ...query, name: 'other' }, harness.api, harness.api)).toBeUndefined();
});

test('a log of large entries comes in short pieces, and the story is the same', async () => {
  const harness = await rolledOut();
  const { api } = harness;
  const log = api.log.bind(api);
  const story = traceStory(query, api, api);
  api.log = (query) => log({ ...query, limit: 2 });
  expect(traceStory(query, api, api)).toEqual(story);
  await api.remove('deployments.apps', 'default', 'nginx');
  await harness.settle();
  expect(traceStory(query, api, api)?.steps[0]?.what).toBe('deleted');
});

test('as text it is a table with one line a step', async () => {
  const { api } = await rolledOut();
  const story = traceStory(query, api, api)!;
  const lines = formatTrace(story).trimEnd().split('\n');
  expect(lines).toHaveLength(story.steps.length + 1);
  expect(lines[0]).toMatch(/^AFTER +WHO +WHAT +OBJECT +REVISION +BECAUSE OF$/);
  expect(lines[1]).toMatch(/^0 ms +islet:admin +created with 1 replica +deployment\/nginx +\d+$/);
});
