import type { Json } from '../../mutations.ts';
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
import { pod, quota, template, workload } from './objects.ts';

const SET = 'statefulsets/web';
const set = (spec: Json = {}) => workload('StatefulSet', { serviceName: 'web', replicas: 3, ...spec });
const claims = {
  volumeClaimTemplates: [
    {
      metadata: { name: 'data' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    },
  ],
};
const partition = (at: number) => ({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: at } } });
const parallel = { podManagementPolicy: 'Parallel' };

export const statefulSets: Scenario[] = [
  { name: 'statefulset-scale', steps: [create(set()), scale(SET, 5), scale(SET, 1), scale(SET, 0)] },
  { name: 'statefulset-parallel', steps: [create(set(parallel)), scale(SET, 5), image(SET, '2'), scale(SET, 1)] },
  {
    name: 'statefulset-parallel-unready',
    steps: [
      create(set({ ...parallel, template: template({ 'suite/run': 'unready' }) })),
      image(SET, '2', { 'suite/run': null }),
      scale(SET, 2),
    ],
  },
  { name: 'statefulset-update', steps: [create(set()), image(SET, '2'), image(SET, '3'), image(SET, '1')] },
  {
    name: 'statefulset-partition',
    steps: [
      create(set(partition(2))),
      image(SET, '2'),
      kill({ named: /-0$/ }),
      scale(SET, 4),
      patch(SET, { spec: partition(0) }),
    ],
  },
  { name: 'statefulset-partition-beyond', steps: [create(set(partition(5))), image(SET, '2'), scale(SET, 7)] },
  {
    name: 'statefulset-on-delete',
    steps: [
      create(set({ updateStrategy: { type: 'OnDelete' } })),
      image(SET, '2'),
      kill({ named: /-1$/ }),
      patch(SET, { spec: { updateStrategy: { type: 'RollingUpdate' } } }),
    ],
  },
  {
    name: 'statefulset-stuck',
    steps: [
      create(set()),
      image(SET, '2', { 'suite/run': 'unready' }),
      image(SET, '1', { 'suite/run': null }),
      kill({ named: /-2$/ }),
      scale(SET, 2),
    ],
  },
  {
    name: 'statefulset-min-ready',
    steps: [together(create(set({ replicas: 2, minReadySeconds: 3 })), wait(9)), together(image(SET, '2'), wait(12))],
  },
  {
    name: 'statefulset-ordinals',
    steps: [
      create(set({ replicas: 2, ordinals: { start: 3 } })),
      image(SET, '2'),
      patch(SET, { spec: { ordinals: { start: 2 } } }),
      patch(SET, { spec: { ordinals: { start: 0 } } }),
    ],
  },
  {
    name: 'statefulset-claims',
    steps: [
      create(set({ replicas: 2, ...claims })),
      scale(SET, 1),
      patch(SET, { spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Delete' } } }),
      scale(SET, 2),
      scale(SET, 0),
      remove(SET, { propagationPolicy: 'Background' }),
    ],
  },
  {
    name: 'statefulset-claims-delete',
    steps: [
      create(
        set({
          replicas: 2,
          ...claims,
          persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' },
        }),
      ),
      scale(SET, 1),
      remove(SET, { propagationPolicy: 'Background' }),
    ],
  },
  {
    name: 'statefulset-claim-gone',
    steps: [create(set({ replicas: 1, ...claims })), remove('persistentvolumeclaims/data-web-0'), kill({})],
  },
  {
    name: 'statefulset-failed',
    steps: [
      create(set({ replicas: 2 })),
      patchPods({ named: /-0$/ }, { status: { phase: 'Failed', reason: 'Evicted' } }, '/status'),
      patchPods({ named: /-1$/ }, { status: { phase: 'Succeeded' } }, '/status'),
    ],
  },
  {
    name: 'statefulset-kill',
    steps: [create(set()), kill({ named: /-1$/ }), kill({}), kill({ named: /-0$/ }, { gracePeriodSeconds: 0 })],
  },
  {
    name: 'statefulset-terminating',
    steps: [
      create(set({ template: template({ 'suite/stay': '1' }) })),
      kill({ named: /-1$/ }),
      scale(SET, 1),
      free(),
      wait(2),
    ],
  },
  {
    name: 'statefulset-history',
    steps: [create(set({ replicas: 1, revisionHistoryLimit: 1 })), image(SET, '2'), image(SET, '3'), image(SET, '4')],
  },
  {
    name: 'statefulset-quota',
    steps: [create(quota({ pods: '1' })), wait(1), create(set()), together(remove('resourcequotas/quota'), wait(12))],
  },
  {
    name: 'statefulset-claims-quota',
    steps: [
      create(quota({ persistentvolumeclaims: '1' })),
      wait(1),
      create(set({ ...claims })),
      together(remove('resourcequotas/quota'), wait(12)),
    ],
  },
  {
    name: 'statefulset-orphan',
    steps: [
      create(set({ replicas: 2 })),
      remove(SET, { propagationPolicy: 'Orphan' }),
      create(set({ replicas: 3 })),
      image(SET, '2'),
    ],
  },
  {
    name: 'statefulset-foreground',
    steps: [create(set({ replicas: 1 })), remove(SET, { propagationPolicy: 'Foreground' })],
  },
  {
    name: 'statefulset-release',
    steps: [
      create(set({ replicas: 2 })),
      patchPods({ named: /-0$/ }, { metadata: { labels: { app: 'other' } } }),
      patchPods({ labels: 'app=other' }, { metadata: { labels: { app: 'web' } } }),
    ],
  },
  {
    name: 'statefulset-name-taken',
    steps: [
      create(pod('web-0', { labels: { app: 'other' } })),
      create(set({ replicas: 1 })),
      kill({ named: /web-0/ }),
      wait(2),
    ],
  },
  { name: 'statefulset-adopt', steps: [create(pod('web-1'), pod('web-x')), create(set({ replicas: 2 }))] },
  {
    name: 'statefulset-identity',
    steps: [
      create(set({ replicas: 1 })),
      patchPods(
        {},
        { metadata: { labels: { 'statefulset.kubernetes.io/pod-name': 'x', 'apps.kubernetes.io/pod-index': null } } },
      ),
    ],
  },
  {
    name: 'statefulset-rollback-midway',
    steps: [
      create(set()),
      image(SET, '2', { 'suite/run': 'unready' }),
      image(SET, '1', { 'suite/run': null }),
      runs({}, 'ready'),
    ],
  },
  {
    name: 'statefulset-unavailable',
    steps: [
      create(set({ ...parallel, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 2 } } })),
      image(SET, '2'),
    ],
  },
  {
    name: 'statefulset-annotations',
    steps: [
      create(set({ replicas: 1 })),
      patch(SET, { metadata: { annotations: { own: 'x' }, labels: { own: 'y' } } }),
      image(SET, '2'),
    ],
  },
];
