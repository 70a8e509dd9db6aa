import {
  create,
  free,
  image,
  kill,
  patch,
  patchPods,
  remove,
  runs,
  type Scenario,
  scale,
  together,
  wait,
} from '../scenario.ts';
import { pod, quota, replicationController, template, workload } from './objects.ts';

const SET = 'replicasets/web';
const RC = 'replicationcontrollers/web';

export const replicaSets: Scenario[] = [
  {
    name: 'replicaset-scale',
    steps: [create(workload('ReplicaSet', { replicas: 3 })), scale(SET, 6), scale(SET, 2), scale(SET, 0)],
  },
  {
    name: 'replicaset-adopt',
    steps: [create(pod('lone')), create(workload('ReplicaSet', { replicas: 2 })), create(pod('late'))],
  },
  {
    name: 'replicaset-release',
    steps: [
      create(workload('ReplicaSet', { replicas: 2 })),
      patchPods({ most: 1 }, { metadata: { labels: { app: 'other' } } }),
      patch(SET, { spec: { replicas: 1 } }),
    ],
  },
  {
    name: 'replicaset-template',
    steps: [
      create(workload('ReplicaSet', { replicas: 1 })),
      patch(SET, { spec: { template: { spec: { containers: [{ name: 'app', image: 'app:2' }] } } } }),
      kill({}),
      patch(SET, { spec: { template: { metadata: { labels: { more: 'x' } } } } }),
    ],
  },
  {
    name: 'replicaset-min-ready',
    steps: [together(create(workload('ReplicaSet', { replicas: 2, minReadySeconds: 3 })), wait(5))],
  },
  {
    name: 'replicaset-quota',
    steps: [
      create(quota({ pods: '1' })),
      wait(1),
      create(workload('ReplicaSet', { replicas: 3 })),
      together(remove('resourcequotas/quota'), wait(12)),
    ],
  },
  {
    name: 'replicaset-failed',
    steps: [
      create(workload('ReplicaSet', { replicas: 1 })),
      runs({}, 'pending'),
      patchPods({}, { status: { phase: 'Failed' } }, '/status'),
    ],
  },
  {
    name: 'replicaset-orphan',
    steps: [create(workload('ReplicaSet', { replicas: 2 })), remove(SET, { propagationPolicy: 'Orphan' })],
  },
  {
    name: 'replicaset-foreground',
    steps: [
      create(workload('ReplicaSet', { replicas: 2, template: template({ 'suite/stay': '1' }) })),
      remove(SET, { propagationPolicy: 'Foreground' }),
      free(),
    ],
  },
  {
    name: 'replicaset-deletion-cost',
    steps: [
      create(workload('ReplicaSet', { replicas: 3 })),
      patchPods({ most: 1 }, { metadata: { annotations: { 'controller.kubernetes.io/pod-deletion-cost': '-5' } } }),
      scale(SET, 2),
    ],
  },
  {
    name: 'replicaset-terminating',
    steps: [
      create(workload('ReplicaSet', { replicas: 2, template: template({ 'suite/stay': '1' }) })),
      kill({ most: 1 }),
      scale(SET, 1),
      free(),
    ],
  },
  {
    name: 'rc-scale',
    steps: [
      create(replicationController({ replicas: 2 })),
      scale(RC, 3),
      scale(RC, 1),
      remove(RC, { propagationPolicy: 'Background' }),
    ],
  },
  {
    name: 'rc-adopt',
    steps: [
      create(pod('lone')),
      create(replicationController({ replicas: 2 })),
      patchPods({ named: /lone/ }, { metadata: { labels: { app: 'other' } } }),
      remove(RC, { propagationPolicy: 'Orphan' }),
    ],
  },
  {
    name: 'rc-quota',
    steps: [create(quota({ pods: '1' })), wait(1), create(replicationController({ replicas: 2 })), scale(RC, 1)],
  },
  {
    name: 'rc-min-ready',
    steps: [
      create(
        replicationController({ replicas: 2, minReadySeconds: 3, template: template({ 'suite/run': 'unready' }) }),
      ),
      runs({ most: 1 }, 'ready'),
      wait(4),
      patch(RC, { spec: { minReadySeconds: 0 } }),
    ],
  },
  {
    name: 'rc-template',
    steps: [
      create(replicationController({ replicas: 2 })),
      image(RC, '2', { note: 'new' }),
      kill({ most: 1 }),
      runs({ most: 1 }, 'fail'),
      patch(RC, { spec: { template: { metadata: { labels: { extra: '1' } } } } }),
    ],
  },
  {
    name: 'rc-terminating',
    steps: [
      create(replicationController({ replicas: 2, template: template({ 'suite/stay': '1' }) })),
      kill({ most: 1 }),
      free(),
      remove(RC, { propagationPolicy: 'Foreground' }),
    ],
  },
];
