import { expect, test } from 'vitest';
import { TestCluster } from '../../durable-objects/testing/cluster.ts';
import type { Status } from '../../kube/machinery/status.ts';
import type { Pod, PodStatus } from '../../kube/types.ts';
import { type Api, ApiError, STRATEGIC_MERGE } from '../api/client.ts';
import { systemClock } from '../clock.ts';
import { otherUid } from '../testing/fake-cluster.ts';
import { patchOf, StatusManager } from './status-manager.ts';

const POD = { metadata: { name: 'p', namespace: 'd', uid: 'u' } } as Pod;
const status = (phase: string, podIP?: string) => ({ phase, ...(podIP ? { podIP } : {}) }) as PodStatus;

function rig(answers: (ApiError | undefined)[] = [], answer: unknown = {}) {
  const sent: { status: unknown; metadata: unknown }[] = [];
  const api: Api = {
    request: async (_method, _path, body) => {
      sent.push(body as { status: unknown; metadata: unknown });
      await new Promise((resolve) => setTimeout(resolve, 5));
      const error = answers.shift();
      if (error) throw error;
      return answer as never;
    },
  };
  return { sent, manager: new StatusManager({ api, clock: systemClock, random: () => 0, warn: () => {} }) };
}

test('While one status is on its way only the newest of the others is kept, and equal ones are not sent', async () => {
  const { sent, manager } = rig();
  manager.set(POD, status('Pending'));
  manager.set(POD, status('Pending', '10.0.0.1'));
  manager.set(POD, status('Running', '10.0.0.1'));
  await manager.settled('u');
  manager.set(POD, status('Running', '10.0.0.1'));
  await manager.settled('u');
  expect(sent.map((body) => body.status)).toEqual([{ phase: 'Pending' }, { phase: 'Running', podIP: '10.0.0.1' }]);
  expect(sent[0]?.metadata).toEqual({ uid: 'u' });
});

test('A status that was not taken is sent again, whole; one of a pod that is gone is not', async () => {
  const { sent, manager } = rig([undefined, new ApiError(0, 'no connection')]);
  manager.set(POD, status('Pending', '10.0.0.1'));
  await manager.settled('u');
  manager.set(POD, status('Running', '10.0.0.1'));
  await manager.settled('u');
  expect(sent.map((body) => body.status)).toEqual([
    { phase: 'Pending', podIP: '10.0.0.1' },
    { phase: 'Running' },
    { phase: 'Running', podIP: '10.0.0.1' },
  ]);
  const gone = rig([new ApiError(404, 'not found')]);
  gone.manager.set(POD, status('Pending'));
  await gone.manager.settled('u');
  expect(gone.sent).toHaveLength(1);
});

test('A patch holds what changed, empties what is gone, and replaces lists of addresses', () => {
  const ready = (value: string) => ({ type: 'Ready', status: value, lastTransitionTime: 't' });
  const scheduled = { type: 'PodScheduled', status: 'True', lastTransitionTime: 't' };
  const before = { phase: 'Pending', reason: 'Old', conditions: [ready('False'), scheduled] } as PodStatus;
  const next = { phase: 'Pending', podIPs: [{ ip: '1' }], conditions: [ready('True'), scheduled] } as PodStatus;
  expect(patchOf(before, next)).toEqual({
    reason: null,
    podIPs: [{ $patch: 'replace' }, { ip: '1' }],
    conditions: [{ reason: null, message: null, ...ready('True') }],
  });
  expect(patchOf(before, { phase: 'Failed' } as PodStatus)).toEqual({
    phase: 'Failed',
    reason: null,
    conditions: [
      { type: 'Ready', $patch: 'delete' },
      { type: 'PodScheduled', $patch: 'delete' },
    ],
  });
});

test('A status field that another client overwrote is sent again, and conditions of others are kept', async () => {
  const { sent, manager } = rig();
  const ready = (value: string) => ({ type: 'Ready', status: value });
  const ours = { phase: 'Running', conditions: [ready('True')] } as PodStatus;
  manager.set(POD, ours);
  await manager.settled('u');
  const theirs = { phase: 'Running', conditions: [ready('False'), { type: 'DisruptionTarget', status: 'True' }] };
  const changed = { ...POD, metadata: { ...POD.metadata, resourceVersion: '9' }, status: theirs as PodStatus };
  manager.observe(changed);
  manager.set(changed, manager.latest(changed) as PodStatus);
  await manager.settled('u');
  expect(sent.at(-1)?.status).toEqual({ conditions: [{ reason: null, message: null, ...ready('True') }] });
  expect(manager.latest(changed)?.conditions).toHaveLength(2);
  manager.observe({ ...changed, status: { ...ours, conditions: manager.latest(changed)?.conditions } });
  await manager.settled('u');
  expect(sent).toHaveLength(2);
});

test('The status of a static pod goes to its mirror, and whole to the next one, also when that comes while one is sent', async () => {
  const { sent, manager } = rig([undefined, otherUid('m1')]);
  const annotations = { 'kubernetes.io/config.source': 'file' };
  const pod = { ...POD, metadata: { ...POD.metadata, annotations } };
  const mirror = (uid: string) => ({ metadata: { name: 'p', namespace: 'd', uid, resourceVersion: '7' } }) as Pod;
  manager.set(pod, status('Pending'));
  expect(sent).toEqual([]);
  manager.mirrored('u', mirror('m1'));
  await manager.settled('u');
  manager.set(pod, status('Running', '10.0.0.1'));
  manager.mirrored('u', undefined);
  manager.mirrored('u', mirror('m2'));
  await manager.settled('u');
  expect(sent.map(({ metadata, status: told }) => [metadata, told])).toEqual([
    [{ uid: 'm1' }, { phase: 'Pending' }],
    [{ uid: 'm1' }, { phase: 'Running', podIP: '10.0.0.1' }],
    [{ uid: 'm2' }, { phase: 'Running', podIP: '10.0.0.1' }],
  ]);
  manager.mirrored('u', undefined);
  manager.set(pod, status('Failed'));
  expect(sent).toHaveLength(3);
});

test('A status of a pod that another took the name of is given up; a conflict about one named squid is not', async () => {
  const conflict = 'Operation cannot be fulfilled on pods "squid-0": the object has been modified';
  const { sent, manager } = rig([new ApiError(409, conflict), otherUid('u')]);
  manager.set({ ...POD, metadata: { ...POD.metadata, name: 'squid-0' } }, status('Succeeded'));
  await manager.settled('u');
  expect(sent.map((body) => body.status)).toEqual([{ phase: 'Succeeded' }, { phase: 'Succeeded' }]);
  await manager.settled('u');
});

test('The API server refuses a status with the uid of another pod in the way that is looked for', async () => {
  const cluster = await TestCluster.start({ simulatedNodes: 0 });
  const pods = '/api/v1/namespaces/default/pods';
  const spec = { containers: [{ name: 'c', image: 'i' }] };
  await cluster.must(`POST ${pods}`, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec });
  const patch = { metadata: { uid: 'other' }, status: { phase: 'Running' } };
  const { status: code, body } = await cluster.send<Status>(`PATCH ${pods}/p/status`, patch, STRATEGIC_MERGE);
  const { status: expected } = otherUid('other');
  expect([code, body.details?.causes]).toEqual([422, expected?.details?.causes]);
});

test('What another client wrote while a status was on its way is written over, unless the cluster had it before', async () => {
  for (const [revision, times] of [
    ['9', 2],
    ['7', 1],
  ] as const) {
    const { sent, manager } = rig([undefined], { metadata: { resourceVersion: '8' } });
    manager.set(POD, status('Running', '10.0.0.1'));
    const metadata = { ...POD.metadata, resourceVersion: revision };
    manager.observe({ ...POD, metadata, status: status('Failed') } as Pod);
    await manager.settled('u');
    expect(sent).toHaveLength(times);
    expect(sent.at(-1)?.status).toMatchObject({ phase: 'Running' });
  }
});
