import { expect, test } from 'vitest';
import type { Deployment, Event, ReplicaSet } from '../../kube/types.ts';
import { deploymentController } from './deployment-controller.ts';
import { replicaSetController } from './replicaset-controller.ts';
import { Harness } from './runtime/testing/harness.ts';
import { nginxDeployment, settleAll } from './runtime/testing/kubelet.ts';
import { Refusal } from './runtime/testing/memory-api.ts';

const DEPLOYMENTS = 'deployments.apps';

function start(): Harness {
  return new Harness([deploymentController, replicaSetController]);
}

const deploymentOf = ({ api }: Harness) => api.read<Deployment>(DEPLOYMENTS, 'default', 'nginx')!;
const setsOf = ({ api }: Harness) => api.all<ReplicaSet>('replicasets.apps/').sort((a, b) => revision(a) - revision(b));
const revision = (set: ReplicaSet) => Number(set.metadata.annotations?.['deployment.kubernetes.io/revision']);
const eventsOf = ({ api }: Harness) =>
  api
    .all<Event>('events/')
    .map((event) => `${event.reason}: ${event.message}`.replaceAll(/nginx-[a-z0-9]{9,10}/g, 'RS'));

test('a Deployment comes up with one ReplicaSet, its pods, upstream’s annotations, conditions and events', async () => {
  const harness = start();
  await harness.api.apply(DEPLOYMENTS, nginxDeployment());
  await settleAll(harness);

  const [set] = setsOf(harness);
  expect(set?.metadata.name).toMatch(/^nginx-[bcdfghjklmnpqrstvwxz2456789]{8,10}$/);
  expect(set?.metadata.annotations).toMatchObject({
    'deployment.kubernetes.io/revision': '1',
    'deployment.kubernetes.io/desired-replicas': '3',
    'deployment.kubernetes.io/max-replicas': '4',
  });
  const hash = set?.metadata.labels?.['pod-template-hash'];
  expect(set?.spec?.selector.matchLabels).toEqual({ app: 'nginx', 'pod-template-hash': hash });
  const pods = harness.api.all('pods/');
  expect(pods).toHaveLength(3);
  expect(pods[0]?.metadata).toMatchObject({
    generateName: `${set?.metadata.name}-`,
    ownerReferences: [{ kind: 'ReplicaSet', name: set?.metadata.name, controller: true, blockOwnerDeletion: true }],
  });

  const { status, metadata } = deploymentOf(harness);
  expect(metadata.annotations).toEqual({ 'deployment.kubernetes.io/revision': '1' });
  expect(status).toMatchObject({ observedGeneration: 1, replicas: 3, updatedReplicas: 3, availableReplicas: 3 });
  expect(status?.unavailableReplicas ?? 0).toBe(0);
  expect(status?.conditions?.map(({ type, status, reason }) => [type, status, reason])).toEqual(
    expect.arrayContaining([
      ['Available', 'True', 'MinimumReplicasAvailable'],
      ['Progressing', 'True', 'NewReplicaSetAvailable'],
    ]),
  );
  expect(status?.conditions?.find(({ type }) => type === 'Progressing')?.message).toBe(
    `ReplicaSet "${set?.metadata.name}" has successfully progressed.`,
  );
  expect(eventsOf(harness)).toContain('ScalingReplicaSet: Scaled up replica set RS from 0 to 3');
  expect(eventsOf(harness).filter((text) => text.startsWith('SuccessfulCreate: Created pod: '))).toHaveLength(3);
  expect(harness.timers.rows.size).toBe(0);
  expect(harness.errors).toEqual([]);
});

test('a new image rolls over within maxSurge and maxUnavailable, and undo brings the old set back as a new revision', async () => {
  const harness = start();
  const { api } = harness;
  await api.apply(DEPLOYMENTS, nginxDeployment({ replicas: 10 }));
  await settleAll(harness);

  let [most, least] = [0, 100];
  api.onCommit(() => {
    const pods = api.all('pods/');
    most = Math.max(most, pods.length);
    least = Math.min(least, pods.filter((pod) => (pod.status as { phase?: string })?.phase === 'Running').length);
  });
  const template = (image: string) => ({ spec: { template: { spec: { containers: [{ name: 'nginx', image }] } } } });
  await api.patch(DEPLOYMENTS, 'default', 'nginx', template('nginx:1.16.1'));
  await settleAll(harness);
  expect(most).toBeLessThanOrEqual(13);
  expect(least).toBeGreaterThanOrEqual(8);
  expect(setsOf(harness).map((set) => [revision(set), set.spec?.replicas])).toEqual([
    [1, 0],
    [2, 10],
  ]);
  expect(deploymentOf(harness).status).toMatchObject({ observedGeneration: 2, updatedReplicas: 10, replicas: 10 });

  const old = setsOf(harness)[0]!;
  await api.patch(DEPLOYMENTS, 'default', 'nginx', {
    spec: { template: { ...old.spec?.template, metadata: { labels: { app: 'nginx' } } } },
  });
  await settleAll(harness);
  const sets = setsOf(harness);
  expect(sets.map((set) => [revision(set), set.spec?.replicas])).toEqual([
    [2, 0],
    [3, 10],
  ]);
  expect(sets[1]?.metadata.name).toBe(old.metadata.name);
  expect(sets[1]?.metadata.annotations?.['deployment.kubernetes.io/revision-history']).toBe('1');
  expect(deploymentOf(harness).metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('3');
});

test('a revision beyond what a JavaScript number holds is counted on exactly', async () => {
  const harness = start();
  await harness.api.apply(DEPLOYMENTS, nginxDeployment());
  await settleAll(harness);
  const [first] = setsOf(harness);
  const annotations = { 'deployment.kubernetes.io/revision': '3546343826724305832' };
  await harness.api.patch('replicasets.apps', 'default', first?.metadata.name ?? '', { metadata: { annotations } });
  const containers = [{ name: 'nginx', image: 'nginx:2' }];
  await harness.api.patch(DEPLOYMENTS, 'default', 'nginx', { spec: { template: { spec: { containers } } } });
  await settleAll(harness);
  expect(deploymentOf(harness).metadata.annotations).toMatchObject({
    'deployment.kubernetes.io/revision': '3546343826724305833',
  });
});

test('Recreate lets no new pod in before the last old one is gone', async () => {
  const harness = start();
  const { api } = harness;
  await api.apply(DEPLOYMENTS, nginxDeployment({ strategy: { type: 'Recreate' } }));
  await settleAll(harness);
  const images = new Set<number>();
  api.onCommit(() => {
    const found = api
      .all<{ spec: { containers: { image: string }[] } }>('pods/')
      .map((pod) => pod.spec.containers[0]?.image);
    images.add(new Set(found).size);
  });
  await api.patch(DEPLOYMENTS, 'default', 'nginx', {
    spec: { template: { spec: { containers: [{ name: 'nginx', image: 'nginx:2' }] } } },
  });
  await settleAll(harness);
  expect([...images].sort()).toEqual([0, 1]);
  expect(deploymentOf(harness).status).toMatchObject({ updatedReplicas: 3, availableReplicas: 3 });
});

test('a paused Deployment scales but does not roll, and says so', async () => {
  const harness = start();
  const { api } = harness;
  await api.apply(DEPLOYMENTS, nginxDeployment());
  await settleAll(harness);
  await api.patch(DEPLOYMENTS, 'default', 'nginx', {
    spec: { paused: true, replicas: 5, template: { spec: { containers: [{ name: 'nginx', image: 'nginx:2' }] } } },
  });
  await settleAll(harness);
  expect(setsOf(harness).map((set) => set.spec?.replicas)).toEqual([5]);
  expect(deploymentOf(harness).status?.conditions?.find(({ type }) => type === 'Progressing')).toMatchObject({
    status: 'Unknown',
    reason: 'DeploymentPaused',
    message: 'Deployment is paused',
  });
});

test('a rollout that does not progress is judged at its deadline', async () => {
  const harness = start();
  const { api, time } = harness;
  await api.apply(DEPLOYMENTS, nginxDeployment({ progressDeadlineSeconds: 30 }));
  await harness.settle();
  expect(harness.timers.rows.size).toBe(1);
  const started = time.now();
  await harness.settle(40_000);
  const condition = deploymentOf(harness).status?.conditions?.find(({ type }) => type === 'Progressing');
  expect(condition).toMatchObject({ status: 'False', reason: 'ProgressDeadlineExceeded' });
  expect(condition?.message).toMatch(/^ReplicaSet "nginx-\w+" has timed out progressing\.$/);
  expect(Date.parse(condition?.lastTransitionTime ?? '') - started).toBeLessThan(33_000);
  expect(harness.timers.rows.size).toBe(0);
});

test('long after its deadline, a Deployment that was complete once waits for its new pod without being looked at', async () => {
  const harness = start();
  await harness.api.apply(DEPLOYMENTS, nginxDeployment());
  await settleAll(harness);
  harness.time.advance(700_000);
  await harness.api.patch(DEPLOYMENTS, 'default', 'nginx', { spec: { replicas: 4 } });
  await harness.settle();
  expect(deploymentOf(harness).status).toMatchObject({ replicas: 4, unavailableReplicas: 1 });
  let steps = 0;
  for (const end = harness.time.now() + 600_000; await harness.step(end); ) steps++;
  expect(steps).toBe(0);
});

test('an edit of the template that changes its meaning rolls out, and another does not', async () => {
  const harness = start();
  const term = (more: object) => ({ topologyKey: 'zone', labelSelector: { matchLabels: { app: 'nginx' } }, ...more });
  const template = (more: object) => ({
    spec: {
      template: {
        spec: { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term(more)] } } },
      },
    },
  });
  await harness.api.apply(DEPLOYMENTS, nginxDeployment());
  const edit = async (more: object) => {
    await harness.api.patch(DEPLOYMENTS, 'default', 'nginx', template(more));
    await settleAll(harness);
    return setsOf(harness).length;
  };
  expect(await edit({})).toBe(1);
  expect(await edit({ namespaces: [], matchLabelKeys: [] })).toBe(1);
  expect(await edit({ namespaceSelector: {} })).toBe(2);
});

test('old ReplicaSets beyond revisionHistoryLimit are deleted, the oldest first', async () => {
  const harness = start();
  await harness.api.apply(DEPLOYMENTS, nginxDeployment({ revisionHistoryLimit: 1 }));
  await settleAll(harness);
  for (const image of ['a', 'b', 'c']) {
    await harness.api.patch(DEPLOYMENTS, 'default', 'nginx', {
      spec: { template: { spec: { containers: [{ name: 'nginx', image }] } } },
    });
    await settleAll(harness);
  }
  expect(setsOf(harness).map(revision)).toEqual([3, 4]);
});

test('scaling in the middle of a rollout is shared out in proportion', async () => {
  const harness = start();
  const { api } = harness;
  await api.apply(DEPLOYMENTS, nginxDeployment({ replicas: 10 }));
  await settleAll(harness);
  await api.patch(DEPLOYMENTS, 'default', 'nginx', {
    spec: { template: { spec: { containers: [{ name: 'nginx', image: 'broken' }] } } },
  });
  await harness.settle();
  expect(setsOf(harness).map((set) => set.spec?.replicas)).toEqual([8, 5]);
  await api.patch(DEPLOYMENTS, 'default', 'nginx', { spec: { replicas: 20 } });
  await harness.settle();
  expect(setsOf(harness).map((set) => set.spec?.replicas)).toEqual([15, 10]);
});

test('when another ReplicaSet has the name, the collision is counted and another name is taken', async () => {
  const harness = start();
  const { api } = harness;
  await api.apply(DEPLOYMENTS, nginxDeployment());
  await settleAll(harness);
  const [taken] = setsOf(harness);
  // Its template is changed behind the controller's back, so the Deployment has no new ReplicaSet any more.
  await api.patch('replicasets.apps', 'default', taken?.metadata.name ?? '', {
    spec: { template: { metadata: { annotations: { odd: 'yes' } } } },
  });
  await settleAll(harness);
  expect(deploymentOf(harness).status).toMatchObject({ collisionCount: 1, availableReplicas: 3, updatedReplicas: 3 });
  expect(setsOf(harness).map((set) => set.spec?.replicas)).toEqual([0, 3]);
});

test('a refused ReplicaSet shows in the condition Progressing and an event, and is made once it is allowed', async () => {
  const harness = start();
  const { api } = harness;
  api.intercept = ({ method, path }) => {
    if (method === 'POST' && path.endsWith('/replicasets')) throw new Refusal('Forbidden', 'no more sets');
  };
  await api.apply(DEPLOYMENTS, nginxDeployment());
  await harness.settle();
  const condition = deploymentOf(harness).status?.conditions?.find(({ type }) => type === 'Progressing');
  expect(condition).toMatchObject({ status: 'False', reason: 'ReplicaSetCreateError' });
  expect(condition?.message).toMatch(/^Failed to create new replica set "nginx-\w+": no more sets$/);
  expect(eventsOf(harness)).toEqual(['ReplicaSetCreateError: Failed to create new replica set "RS": no more sets']);
  api.intercept = () => {};
  await harness.settle(10_000);
  await settleAll(harness);
  expect(deploymentOf(harness).status).toMatchObject({ availableReplicas: 3 });
});

test('a matching ReplicaSet without a controller is adopted rather than made again', async () => {
  const harness = start();
  const { api } = harness;
  await api.apply(DEPLOYMENTS, nginxDeployment());
  await settleAll(harness);
  const [set] = setsOf(harness);
  await api.patch('replicasets.apps', 'default', set?.metadata.name ?? '', { metadata: { ownerReferences: null } });
  await settleAll(harness);
  expect(setsOf(harness)).toHaveLength(1);
  expect(setsOf(harness)[0]?.metadata.ownerReferences).toMatchObject([
    { kind: 'Deployment', name: 'nginx', controller: true },
  ]);
  expect(api.all('pods/')).toHaveLength(3);
});
