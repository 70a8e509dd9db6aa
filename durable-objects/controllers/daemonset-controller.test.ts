import { expect, test } from 'vitest';
import type { KubeObject } from '../../kube/machinery/object.ts';
import type { ControllerRevision, DaemonSet, Pod } from '../../kube/types.ts';
import {
  created,
  daemonSet,
  deleted,
  LONG_AGO,
  node,
  owner,
  plan,
  planOf,
  pod,
  statusOf,
  template,
} from './daemonset/testing/objects.ts';
import { daemonSetController } from './daemonset-controller.ts';
import { Harness } from './runtime/testing/harness.ts';
import { settleWithEvictions } from './runtime/testing/kubelet.ts';

test('each node gets one pod of the template, bound to it by affinity, with the tolerations of daemons', () => {
  const made = plan(daemonSet(), node('n2'), node('n1'));
  expect(created(made)).toEqual(['n1', 'n2']);
  const [history, first] = made.actions as { object: KubeObject }[];
  const hash = history?.object.metadata.labels?.['controller-revision-hash'];
  expect(history?.object).toMatchObject({
    kind: 'ControllerRevision',
    metadata: { name: `agent-${hash}`, labels: { app: 'agent' }, ownerReferences: [owner] },
    data: { spec: { template: { ...template(), $patch: 'replace' } } },
    revision: 1,
  });
  expect(first?.object).toMatchObject({
    metadata: {
      generateName: 'agent-',
      labels: { app: 'agent', 'controller-revision-hash': hash },
      ownerReferences: [{ ...owner, blockOwnerDeletion: true }],
    },
  });
  const { tolerations } = (first?.object.spec ?? {}) as { tolerations?: object[] };
  expect(tolerations).toHaveLength(6);
  expect(tolerations).toContainEqual({
    key: 'node.kubernetes.io/not-ready',
    operator: 'Exists',
    effect: 'NoExecute',
  });
  expect(statusOf(made)).toMatchObject({
    desiredNumberScheduled: 2,
    currentNumberScheduled: 0,
    numberUnavailable: 2,
  });
});

test('a selector, an affinity, a name and taints keep pods from nodes', () => {
  const nodes = [
    node('n1', { disk: 'ssd' }),
    node('n2', { disk: 'hdd' }),
    node('n3', { disk: 'ssd' }, [{ key: 'own', effect: 'NoSchedule' }]),
  ];
  const placed = (spec: object) => created(plan(daemonSet({ template: template('a', spec) }), ...nodes));
  const affinity = (operator: string) => ({
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'disk', operator, values: ['ssd'] }] }],
      },
    },
  });
  expect(placed({})).toEqual(['n1', 'n2']);
  expect(placed({ nodeSelector: { disk: 'ssd' } })).toEqual(['n1']);
  expect(placed({ affinity: affinity('NotIn') })).toEqual(['n2']);
  expect(placed({ tolerations: [{ key: 'own', operator: 'Exists' }] })).toEqual(['n1', 'n2', 'n3']);
  expect(placed({ nodeName: 'n2' })).toEqual(['n2']);
});

test('a pod stays on a node that only takes no new ones, and goes from one that evicts, or fits no more', () => {
  const tainted = (effect: string) => node('n1', {}, [{ key: 'own', effect }]);
  const stays = planOf(daemonSet(), tainted('NoSchedule'), pod('a'));
  expect([deleted(stays), statusOf(stays)?.numberMisscheduled]).toEqual([[], 1]);
  expect(deleted(planOf(daemonSet(), tainted('NoExecute'), pod('a')))).toEqual(['a']);
  const selecting = daemonSet({ template: template('agent:1', { nodeSelector: { disk: 'ssd' } }) });
  expect(deleted(planOf(selecting, node('n1'), pod('a')))).toEqual(['a']);
});

test('of two pods on a node the older one stays; a pod for a node that is gone is deleted', () => {
  const late = { creationTimestamp: '2026-01-01T00:30:00Z' };
  expect(deleted(planOf(daemonSet(), node('n1'), pod('late', { metadata: late }), pod('early')))).toEqual(['late']);
  const unbound = {
    ...pod('unbound', { on: '', phase: 'Pending' }),
    spec: {
      containers: [],
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['gone'] }] }],
          },
        },
      },
    },
  };
  expect(deleted(planOf(daemonSet(), node('n1'), pod('a'), unbound))).toEqual(['unbound']);
});

test('a pod that is being deleted holds its node until it is gone', () => {
  const going = pod('a', { metadata: { deletionTimestamp: LONG_AGO } });
  expect(created(planOf(daemonSet(), node('n1'), going))).toEqual([]);
  expect(created(planOf(daemonSet(), node('n1')))).toEqual(['n1']);
});

/** The node that a pod is for. */
const targetOf = (one: object) =>
  (one as Pod).spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms[0]
    ?.matchFields?.[0]?.values?.[0];

test('a DaemonSet follows its nodes and its template, whenever the object is evicted', async () => {
  const harness = new Harness([daemonSetController]);
  const { api } = harness;
  const status = () => api.read<DaemonSet>('daemonsets.apps', 'default', 'agent')?.status;
  for (const name of ['n1', 'n2', 'n3']) await api.apply('nodes', node(name));
  await api.apply('daemonsets.apps', daemonSet());
  await settleWithEvictions(harness, targetOf);
  expect(status()).toMatchObject({ desiredNumberScheduled: 3, numberReady: 3, updatedNumberScheduled: 3 });

  await api.apply('nodes', node('n4'));
  await settleWithEvictions(harness, targetOf);
  expect(status()).toMatchObject({ desiredNumberScheduled: 4, numberAvailable: 4 });

  await api.patch('daemonsets.apps', 'default', 'agent', { spec: { template: template('agent:2') } });
  await settleWithEvictions(harness, targetOf);
  expect(status()).toMatchObject({ observedGeneration: 2, updatedNumberScheduled: 4, numberAvailable: 4 });
  expect(status()).not.toHaveProperty('numberUnavailable');
  const images = api.all<Pod>('pods/').map(({ spec }) => spec?.containers[0]?.image);
  expect(images).toEqual(Array(4).fill('agent:2'));
  const numbers = api.all<ControllerRevision>('controllerrevisions.apps/').map(({ revision: number }) => number);
  expect(numbers.sort()).toEqual([1, 2]);

  await api.patch('nodes', '', 'n4', { metadata: { labels: { role: 'none' } } });
  await api.patch('daemonsets.apps', 'default', 'agent', {
    spec: { template: template('agent:2', { nodeSelector: { role: 'none' } }) },
  });
  await settleWithEvictions(harness, targetOf);
  expect(status()).toMatchObject({ desiredNumberScheduled: 1, numberMisscheduled: 0, numberAvailable: 1 });
  expect(harness.errors).toEqual([]);
});
