/** Reports about budgets, ownership, namespaces, volumes and pods that wait, by their numbers in kubernetes/kubernetes. */
import type { Json } from '../../mutations.ts';
import {
  all,
  create,
  free,
  kill,
  ownedBy,
  patch,
  patchPods,
  remove,
  type Scenario,
  type Step,
  send,
  together,
  wait,
} from '../scenario.ts';
import { pod, quota, workload } from './objects.ts';

const CORE = '/api/v1/namespaces/NAMESPACE';
const MERGE = 'application/merge-patch+json';
const CLASS = { storageClassName: 'NAMESPACE-manual' };
const VOLUME = 'persistentvolumes/NAMESPACE-v1';
const HOST = 'kubernetes.io/hostname';
const matchLabels = { app: 'web' };

const budget = (spec: Json, name = 'web', labels: Json = matchLabels): Json => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name },
  spec: { selector: { matchLabels: labels }, ...spec },
});
const evict = (name: string): Step =>
  send('POST', `${CORE}/pods/${name}/eviction`, { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name } });
const running = (name: string, how: string): Json => pod(name, { annotations: { 'suite/run': how } });
const set = (replicas: number): Step => create(workload('StatefulSet', { serviceName: 'web', replicas }));
const unready = (name: RegExp): Step =>
  patchPods({ named: name }, { metadata: { annotations: { 'suite/run': 'unready' } } });

const map = (name: string, more: Json = {}): Json => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...more },
});
const FOREGROUND = { propagationPolicy: 'Foreground' };

const volume = (spec: Json = {}): Json => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: 'NAMESPACE-v1' },
  spec: { ...CLASS, capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/v' }, ...spec },
});
const claim = (name: string, spec: Json = {}): Json => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name },
  spec: { ...CLASS, accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
});
const late: Json = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'NAMESPACE-manual' },
  provisioner: 'kubernetes.io/no-provisioner',
  volumeBindingMode: 'WaitForFirstConsumer',
};
const using = (name: string, spec: Json = {}): Json =>
  pod(name, {}, { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }], ...spec });
const RESYNC = 17;

const priority = (name: string, value: number, more: Json = {}): Step =>
  send('POST', '/apis/scheduling.k8s.io/v1/priorityclasses', {
    metadata: { name: `NAMESPACE-${name}` },
    value,
    ...more,
  });
const sized = (name: string, cpu: string, level: string, node?: number, metadata: Json = {}): Json =>
  pod(name, metadata, {
    priorityClassName: `NAMESPACE-${level}`,
    containers: [{ name: 'app', image: 'app:1', resources: { requests: { cpu } } }],
    ...(node === undefined ? {} : { nodeSelector: { [HOST]: `NAMESPACE-n${node}` } }),
  });
const spreading = (topologyKey: string, more: Json = {}): Json => ({
  ...workload('ReplicaSet').spec.template,
  spec: {
    containers: [{ name: 'app', image: 'app:1' }],
    topologySpreadConstraints: [
      { maxSkew: 1, topologyKey, whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels }, ...more },
    ],
  },
});
const closed = (node: number, unschedulable: boolean): Step =>
  patch(`nodes/NAMESPACE-n${node}`, { spec: { unschedulable } }, 'merge');

export const reportedObjects: Scenario[] = [
  {
    name: 'reported-80389-evict-unready',
    steps: [
      create(pod('a'), pod('b'), running('c', 'unready')),
      create(budget({ minAvailable: 2 })),
      evict('c'),
      evict('b'),
    ],
  },
  {
    name: 'reported-103970-evict-unready-of-set',
    steps: [
      set(3),
      create(budget({ maxUnavailable: 1 })),
      unready(/-2$/),
      evict('web-2'),
      unready(/-1$/),
      evict('web-1'),
    ],
  },
  {
    name: 'reported-105296-evict-below-budget',
    steps: [
      create(pod('a'), running('b', 'unready'), running('c', 'unready')),
      create(budget({ minAvailable: 2 })),
      evict('b'),
      patch('poddisruptionbudgets/web', { spec: { unhealthyPodEvictionPolicy: 'AlwaysAllow' } }, 'merge'),
      evict('b'),
      evict('a'),
    ],
  },
  {
    name: 'reported-72320-evict-pending',
    steps: [create(pod('a'), running('b', 'pending')), create(budget({ minAvailable: 1 })), evict('b'), evict('a')],
  },
  {
    name: 'reported-77081-foreground-twice',
    steps: [
      create(map('a', { finalizers: ['own.io/x'] })),
      remove('configmaps/a', FOREGROUND),
      remove('configmaps/a', FOREGROUND),
      send('PATCH', `${CORE}/configmaps/a`, { metadata: { finalizers: null } }, MERGE),
    ],
  },
  {
    name: 'reported-121113-foreground-of-not-blocking',
    steps: [
      create(map('a')),
      ownedBy('configmaps/b', 'configmaps/a', { blockOwnerDeletion: true }),
      ownedBy('configmaps/c', 'configmaps/a', { blockOwnerDeletion: false }),
      send('PATCH', `${CORE}/configmaps/c`, { metadata: { finalizers: ['own.io/x'] } }, MERGE),
      remove('configmaps/a', FOREGROUND),
      send('PATCH', `${CORE}/configmaps/c`, { metadata: { finalizers: null } }, MERGE),
    ],
  },
  {
    name: 'reported-77086-namespace-finalizers',
    steps: [
      send('POST', '/api/v1/namespaces', {
        metadata: { name: 'NAMESPACE-ns1' },
        spec: { finalizers: ['foregroundDeletion'] },
      }),
      send('POST', '/api/v1/namespaces', { metadata: { name: 'NAMESPACE-ns2' }, spec: { finalizers: ['own.io/x'] } }),
      together(send('DELETE', '/api/v1/namespaces/NAMESPACE-ns2'), wait(8)),
      send('PUT', '/api/v1/namespaces/NAMESPACE-ns2/finalize', { metadata: { name: 'NAMESPACE-ns2' }, spec: {} }),
    ],
  },
  {
    name: 'reported-111251-namespace-foreground',
    steps: [
      send('POST', '/api/v1/namespaces', { metadata: { name: 'NAMESPACE-ns1' } }),
      send('POST', '/api/v1/namespaces/NAMESPACE-ns1/configmaps', map('a')),
      together(send('DELETE', '/api/v1/namespaces/NAMESPACE-ns1', FOREGROUND), wait(10)),
    ],
  },
  {
    name: 'reported-20753-claim-made-again',
    steps: [
      together(create(volume()), wait(2), create(claim('data'))),
      together(remove('persistentvolumeclaims/data'), wait(2)),
      together(create(claim('data')), wait(3)),
      together(patch(VOLUME, { spec: { claimRef: null } }, 'merge'), wait(RESYNC)),
    ],
  },
  {
    name: 'reported-91847-claim-of-another-name',
    steps: [
      together(create(volume()), wait(2), create(claim('data'))),
      together(remove('persistentvolumeclaims/data'), wait(2)),
      together(create(claim('other')), wait(3)),
      together(patch(VOLUME, { spec: { claimRef: { uid: null, resourceVersion: null } } }, 'merge'), wait(3)),
      together(patch(VOLUME, { spec: { claimRef: { name: 'other' } } }, 'merge'), wait(RESYNC)),
    ],
  },
  {
    name: 'reported-23615-claim-names-kept-volume',
    steps: [
      together(create(volume({ claimRef: { namespace: 'NAMESPACE', name: 'other' } })), wait(2)),
      together(create(claim('data', { volumeName: 'NAMESPACE-v1' })), wait(3)),
      together(create(claim('other')), wait(RESYNC)),
    ],
  },
  {
    name: 'reported-86262-claim-of-other-scheduler',
    steps: [
      create(late),
      together(create(volume()), wait(2)),
      create(claim('data')),
      create(using('a', { schedulerName: 'own' })),
    ],
  },
  {
    name: 'reported-79888-claim-names-no-volume',
    steps: [
      create(late),
      create(claim('data', { volumeName: 'NAMESPACE-v1' })),
      create(using('a')),
      together(create(volume()), wait(RESYNC)),
    ],
  },
  {
    name: 'reported-133274-two-quotas-of-one-object',
    steps: [
      together(
        create(quota({ 'count/configmaps': '5' }), {
          ...quota({ 'count/configmaps': '3' }),
          metadata: { name: 'less' },
        }),
        wait(1),
      ),
      create(map('a'), map('b')),
      send('POST', `${CORE}/configmaps`, map('c')),
      send('POST', `${CORE}/configmaps`, map('a')),
      all('configmaps', undefined, ({ metadata }) => metadata.name.length === 1),
    ],
  },
  {
    name: 'reported-86037-spread-counts-cordoned',
    nodes: 2,
    steps: [
      closed(2, true),
      create(workload('ReplicaSet', { replicas: 4, template: spreading(HOST) })),
      patch('replicasets/web', { spec: { template: spreading(HOST, { nodeTaintsPolicy: 'Honor' }) } }),
      kill({}),
      closed(2, false),
    ],
  },
  {
    name: 'reported-95812-spread-over-unknown-key',
    nodes: 2,
    steps: [
      create(workload('ReplicaSet', { replicas: 2, template: spreading('rack') })),
      patch('nodes/NAMESPACE-n1', { metadata: { labels: { rack: 'a' } } }),
    ],
  },
  {
    name: 'reported-116978-spread-full-zone',
    nodes: 2,
    steps: [
      priority('any', 0),
      create(sized('filler', '8', 'any', 2)),
      create(workload('ReplicaSet', { replicas: 3, template: withCpu(spreading(HOST), '1') })),
      remove('pods/filler'),
    ],
  },
  {
    name: 'reported-129136-preempts-lowest',
    nodes: 2,
    steps: [
      ...[priority('low', 0), priority('mid', 100), priority('high', 1000), priority('top', 10_000)],
      create(budget({ minAvailable: 2 }, 'kept', { kept: 'yes' })),
      create(
        sized('high', '4', 'high', 1),
        sized('low', '4', 'low', 1, { labels: { kept: 'yes' } }),
        sized('mid', '8', 'mid', 2, { labels: { kept: 'yes' } }),
      ),
      create(sized('top', '8', 'top')),
    ],
  },
  {
    name: 'reported-67671-never-preempts',
    steps: [
      ...[priority('low', 0), priority('never', 1000, { preemptionPolicy: 'Never' })],
      create(sized('low', '8', 'low')),
      create(sized('never', '8', 'never')),
      remove('pods/low'),
    ],
  },
  {
    name: 'reported-106780-nominated-elsewhere',
    nodes: 2,
    steps: [
      ...[priority('low', 0), priority('mid', 100), priority('top', 1000)],
      create(sized('low', '8', 'low', 1, { annotations: { 'suite/stay': '1' } }), sized('mid', '8', 'mid', 2)),
      create(sized('top', '8', 'top')),
      remove('pods/mid'),
      free({ named: /^low$/ }),
    ],
  },
];

function withCpu(template: Json, cpu: string): Json {
  const copy = structuredClone(template);
  copy.spec.containers[0].resources = { requests: { cpu } };
  return copy;
}
