import { expect, test } from 'vitest';
import type { Pod } from '../../../kube/types.ts';
import { testApi } from '../testing/harness.ts';
import { pod } from '../testing/objects.ts';

const PODS = '/api/v1/namespaces/default/pods';
const STRATEGIC = { 'content-type': 'application/strategic-merge-patch+json' };
const SPEC = { nodeName: 'n', containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '100m' } } }] };
const QOS = 'Pod QOS Class may not change as a result of resizing';

async function withPod(spec: object = SPEC, metadata: object = {}) {
  const api = await testApi();
  await api.create('/api/v1/nodes', { metadata: { name: 'n', labels: { 'kubernetes.io/os': 'linux' } } });
  const allocatable = { cpu: '4', memory: '8Gi' };
  await api.call('PATCH /api/v1/nodes/n/status', { headers: STRATEGIC, body: { status: { allocatable } } });
  await api.create(PODS, pod('p', { spec, metadata }));
  const patch = async (part: string, body: object, headers: Record<string, string> = STRATEGIC) => {
    const answer = await api.call<Pod & { message: string }>(`PATCH ${PODS}/p/${part}`, { headers, body });
    return { ...answer, message: answer.body.message?.replace('Pod "p" is invalid: ', '') };
  };
  const resize = (resources: object, more: object = {}) =>
    patch('resize', { spec: { containers: [{ name: 'c', resources, ...more }] } });
  return { ...api, patch, resize };
}

test('a resize changes CPU and memory, and nothing else that comes along', async () => {
  const { resize, call } = await withPod();
  const { status, body } = await resize({ requests: { cpu: '200m' } }, { image: 'other' });
  expect(status).toBe(200);
  expect(body.metadata.generation).toBe(2);
  expect(body.spec?.containers).toMatchObject([{ image: 'i', resources: { requests: { cpu: '200m' } } }]);
  const entry = body.metadata.managedFields?.at(-1);
  expect([entry?.subresource, entry?.operation]).toEqual(['resize', 'Update']);
  expect((await call<Pod>(`GET ${PODS}/p/resize`)).body.spec?.containers).toEqual(body.spec?.containers);
  const through = await call(`PATCH ${PODS}/p`, {
    headers: STRATEGIC,
    body: { spec: { containers: [{ name: 'c', resources: { requests: { cpu: '1' } } }] } },
  });
  expect(through.status).toBe(422);
});

test.each([
  [
    { requests: { cpu: null, memory: '1Gi' } },
    'spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed',
  ],
  [{ limits: { cpu: '100m', memory: '1Gi' }, requests: { memory: '1Gi' } }, `spec: Invalid value: "Burstable": ${QOS}`],
  [{ requests: { 'ephemeral-storage': '1Gi' } }, 'spec: Forbidden: only cpu and memory resources are mutable'],
])('what a resize may not do is refused: %j', async (resources, why) => {
  const { resize } = await withPod();
  const { status, message } = await resize(resources);
  expect([status, message]).toEqual([422, why]);
});

test('a pod does not grow beyond its node, nor on one of another system, nor without its node’s support', async () => {
  const { resize, call } = await withPod();
  const large = await resize({ requests: { cpu: '5' } });
  expect(large.body).toMatchObject({
    code: 403,
    message: `pods "p" is forbidden: node didn't have enough allocatable resources: cpu, requested: 5000, allocatable: 4000`,
    details: { causes: [{ reason: 'NodeCapacity' }] },
  });
  await call('PATCH /api/v1/nodes/n', {
    headers: STRATEGIC,
    body: { metadata: { labels: { 'kubernetes.io/os': 'windows' } } },
  });
  expect((await resize({ requests: { cpu: '1' } })).message).toContain(
    'only supported on linux nodes, node "n" is "windows"',
  );
  const containerStatuses = [
    { name: 'c', image: 'i', imageID: '', ready: true, restartCount: 0, state: { running: {} } },
  ];
  await call(`PATCH ${PODS}/p/status`, { headers: STRATEGIC, body: { status: { containerStatuses } } });
  expect((await resize({ requests: { cpu: '1' } })).message).toBe(
    'spec: Forbidden: Pod running on node without support for resize',
  );
});

test('init containers and resources of the whole pod are resized where the node declares that', async () => {
  const { patch, call } = await withPod({
    ...SPEC,
    initContainers: [{ name: 'i', image: 'i', resources: { requests: { cpu: '1' } } }],
  });
  const body = { spec: { initContainers: [{ name: 'i', resources: { requests: { cpu: '2' } } }] } };
  expect((await patch('resize', body)).message).toBe(
    'pods "p" is forbidden: pod update requires features InPlacePodVerticalScalingInitContainers which are not available on node "n"',
  );
  const declaredFeatures = ['InPlacePodVerticalScalingInitContainers'];
  await call('PATCH /api/v1/nodes/n/status', { headers: STRATEGIC, body: { status: { declaredFeatures } } });
  expect((await patch('resize', body)).status).toBe(200);
  const whole = await patch('resize', { spec: { resources: { requests: { cpu: '3' } } } });
  expect(whole.message).toContain('requires features InPlacePodLevelResourcesVerticalScaling which');
});

test('ephemeral containers are added through their own endpoint, and stay', async () => {
  const { patch } = await withPod();
  const added = await patch('ephemeralcontainers', {
    metadata: { labels: { dropped: 'yes' } },
    spec: { ephemeralContainers: [{ name: 'debug', image: 'busybox', targetContainerName: 'c' }] },
  });
  expect(added.status).toBe(200);
  expect(added.body.spec?.ephemeralContainers).toMatchObject([{ name: 'debug', terminationMessagePolicy: 'File' }]);
  expect(added.body.metadata.labels).not.toHaveProperty('dropped');
  expect(added.headers).not.toHaveProperty('warning');
  const spec = { ephemeralContainers: [{ name: 'debug', image: 'other' }] };
  expect((await patch('ephemeralcontainers', { spec })).message).toContain(
    'spec.ephemeralContainers: Forbidden: existing ephemeral containers "debug" may not be changed',
  );
  const json = { 'content-type': 'application/json-patch+json' };
  const removed = await patch('ephemeralcontainers', [{ op: 'remove', path: '/spec/ephemeralContainers' }], json);
  expect(removed.message).toContain('existing ephemeral containers "debug" may not be removed');
});

test('an ephemeral container has no part in what a pod promises', async () => {
  const { patch } = await withPod();
  const wrong = {
    name: 'c',
    image: 'i',
    targetContainerName: 'none',
    ports: [{ containerPort: 80 }],
    resources: { limits: { cpu: '1' } },
    readinessProbe: { exec: { command: ['x'] } },
  };
  const { status, message } = await patch('ephemeralcontainers', { spec: { ephemeralContainers: [wrong] } });
  expect(status).toBe(422);
  const field = 'spec.ephemeralContainers[0]';
  for (const expected of [
    `${field}.name: Duplicate value: "c"`,
    `${field}.targetContainerName: Not found: "none"`,
    ...['ports', 'resources', 'readinessProbe'].map(
      (part) => `${field}.${part}: Forbidden: cannot be set for an Ephemeral Container`,
    ),
  ]) {
    expect(message).toContain(expected);
  }
});

test('a mirror pod is neither resized nor debugged', async () => {
  const metadata = { annotations: { 'kubernetes.io/config.mirror': 'x' } };
  const { patch, resize } = await withPod({ ...SPEC, automountServiceAccountToken: false }, metadata);
  expect((await resize({ requests: { cpu: '1' } })).message).toBe('[]: Forbidden: static pods cannot be resized');
  const added = await patch('ephemeralcontainers', { spec: { ephemeralContainers: [{ name: 'd', image: 'i' }] } });
  expect(added.message).toBe('[]: Forbidden: static pods do not support ephemeral containers');
});

test('a field whose gate is off is dropped from an ephemeral container before it is judged', async () => {
  const { patch } = await withPod();
  const debug = { name: 'debug', image: 'busybox', lifecycle: { stopSignal: 'SIGUSR1' } };
  const { status, body } = await patch('ephemeralcontainers', { spec: { ephemeralContainers: [debug] } });
  expect([status, body.spec?.ephemeralContainers?.[0]?.lifecycle]).toEqual([200, undefined]);
});
