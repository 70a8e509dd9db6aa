/** Reports about workloads, by their numbers in kubernetes/kubernetes. */
import type { Json } from '../../mutations.ts';
import {
  create,
  free,
  image,
  kill,
  ownedBy,
  patch,
  patchPods,
  remove,
  runs,
  type Scenario,
  type Step,
  scale,
  together,
  wait,
} from '../scenario.ts';
import { job, pod, quota, template, workload } from './objects.ts';

const WEB = 'deployments/web';
const SET = 'statefulsets/web';
const DAEMONS = 'daemonsets/web';
const NODE = 'nodes/NAMESPACE-n1';
const unready = { 'suite/run': 'unready' };
const set = (spec: Json = {}): Step => create(workload('StatefulSet', { serviceName: 'web', replicas: 3, ...spec }));
const daemons = (spec: Json = {}): Step => create(workload('DaemonSet', spec));
const partition = (number: number): Step =>
  patch(SET, { spec: { updateStrategy: { rollingUpdate: { partition: number } } } });
const cordon = (unschedulable: boolean): Step => patch(NODE, { spec: { unschedulable } }, 'merge');
/** Upstream counts daemon pods that a taint only keeps new ones of away from when their DaemonSet changes next. */
const taints = (...keys: string[]): Step =>
  together(
    patch(NODE, { spec: { taints: keys.map((key) => ({ key, effect: 'NoSchedule' })) } }, 'merge'),
    wait(1),
    patch(DAEMONS, { metadata: { annotations: { touched: keys.join() } } }),
  );

const data = {
  metadata: { name: 'data' },
  spec: { accessModes: ['ReadWriteOnce'], storageClassName: '', resources: { requests: { storage: '1Gi' } } },
};
const claims = (whenDeleted: string, whenScaled: string): Json => ({
  volumeClaimTemplates: [data],
  persistentVolumeClaimRetentionPolicy: { whenDeleted, whenScaled },
});
const claim = (name: string): Json => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  ...data,
  metadata: { name },
});

export const reportedWorkloads: Scenario[] = [
  {
    name: 'reported-123232-daemons-unready-thrice',
    nodes: 3,
    steps: [daemons(), image(DAEMONS, '2', unready), image(DAEMONS, '3', unready), image(DAEMONS, '4', unready)],
  },
  {
    name: 'reported-67845-daemons-on-cordoned',
    nodes: 2,
    steps: [cordon(true), daemons(), image(DAEMONS, '2'), cordon(false)],
  },
  {
    name: 'reported-132459-daemons-misscheduled',
    nodes: 2,
    steps: [daemons(), taints('own'), taints(), taints('own', 'other'), kill({ most: 1 }), taints()],
  },
  {
    name: 'reported-118310-daemon-succeeded',
    steps: [daemons(), together(runs({ most: 1 }, 'succeed'), wait(3)), image(DAEMONS, '2')],
  },
  {
    name: 'reported-120398-set-succeeded',
    steps: [set(), runs({ named: /-0$/ }, 'succeed'), runs({ named: /-2$/ }, 'fail')],
  },
  {
    name: 'reported-58347-set-revisions-turn',
    steps: [
      set({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } }),
      image(SET, '2'),
      image(SET, '1'),
      image(SET, '2'),
      partition(0),
      image(SET, '1'),
    ],
  },
  {
    name: 'reported-56355-set-partition-above',
    steps: [set({ replicas: 2 }), partition(5), image(SET, '2'), kill({ named: /-1$/ }), scale(SET, 4), partition(3)],
  },
  {
    name: 'reported-54789-set-quota-used',
    steps: [
      together(create(quota({ persistentvolumeclaims: '4', 'requests.storage': '4Gi', pods: '4' })), wait(1)),
      set(claims('Retain', 'Retain')),
      scale(SET, 1),
      scale(SET, 4),
      remove(SET),
      remove('persistentvolumeclaims/data-web-0'),
    ],
  },
  {
    name: 'reported-126919-set-scaled-claims',
    steps: [set(claims('Retain', 'Delete')), scale(SET, 1), scale(SET, 2), remove(SET)],
  },
  {
    name: 'reported-122400-set-claims-of-another',
    steps: [
      create(workload('ReplicaSet', { replicas: 0 }, { name: 'owner' })),
      create(claim('data-web-0')),
      ownedBy('persistentvolumeclaims/data-web-0', 'replicasets/owner', { controller: true }),
      set({ ...claims('Delete', 'Delete'), replicas: 2 }),
      scale(SET, 0),
      remove(SET),
    ],
  },
  { name: 'reported-78724-set-claims-stay', steps: [set({ ...claims('Retain', 'Retain'), replicas: 2 }), remove(SET)] },
  {
    name: 'reported-46901-set-first-unlabelled',
    steps: [
      set(),
      patchPods({ named: /-0$/ }, { metadata: { labels: { app: null } } }),
      scale(SET, 4),
      patchPods({ named: /-0$/ }, { metadata: { labels: { app: 'web' } } }),
    ],
  },
  {
    name: 'reported-92245-job-counts-failures',
    steps: [create(job({ backoffLimit: 2 }, { 'suite/run': 'fail' })), wait(40)],
  },
  {
    name: 'reported-93779-job-counts-of-many',
    steps: [
      create(job({ backoffLimit: 2, parallelism: 4, completions: 4 })),
      together(runs({ most: 1 }, 'fail'), wait(12)),
      together(runs({ most: 2 }, 'succeed'), wait(3)),
      together(runs({ labels: 'app=web' }, 'fail'), wait(12)),
    ],
  },
  {
    name: 'reported-61175-job-foreground',
    steps: [
      create(job({ parallelism: 2, completions: 2 }, { 'suite/stay': '1' })),
      remove('jobs/web', { propagationPolicy: 'Foreground' }),
      free(),
    ],
  },
  {
    name: 'reported-109712-job-each-index',
    steps: [
      create(
        job({
          completionMode: 'Indexed',
          completions: 4,
          parallelism: 2,
          backoffLimitPerIndex: 0,
          maxFailedIndexes: 2,
        }),
      ),
      runs({ labels: 'batch.kubernetes.io/job-completion-index=0' }, 'fail'),
      runs({ labels: 'batch.kubernetes.io/job-completion-index=1' }, 'succeed'),
      together(runs({ labels: 'batch.kubernetes.io/job-completion-index in (2,3)' }, 'fail'), wait(3)),
    ],
  },
  {
    name: 'reported-88550-set-claims-plain-pod',
    steps: [
      create(workload('ReplicaSet', { replicas: 1 })),
      create(pod('plain')),
      create(pod('owned', { labels: { app: 'later' } })),
      ownedBy('pods/owned', 'replicasets/web', { uid: '00000000-0000-0000-0000-000000000000', controller: true }),
      patchPods({ named: /^owned$/ }, { metadata: { labels: { app: 'web' } } }),
    ],
  },
  {
    name: 'reported-32829-sets-of-one-selector',
    steps: [
      create(workload('ReplicaSet', { replicas: 2 })),
      create(workload('ReplicaSet', { replicas: 2 }, { name: 'second' })),
      remove('replicasets/web', { propagationPolicy: 'Orphan' }),
      scale('replicasets/second', 1),
    ],
  },
  {
    name: 'reported-45770-deployment-replaced',
    steps: [
      create(workload('Deployment', { replicas: 2 })),
      remove(WEB, { propagationPolicy: 'Orphan' }),
      create(
        workload('Deployment', {
          replicas: 2,
          selector: { matchLabels: { tier: 'b' } },
          template: { ...template(), metadata: { labels: { app: 'web', tier: 'b' } } },
        }),
      ),
    ],
  },
  {
    name: 'reported-91672-failed-pods-stay',
    steps: [
      create(workload('Deployment', { replicas: 1 })),
      runs({ most: 1 }, 'fail'),
      image(WEB, '2'),
      scale(WEB, 0),
      remove(WEB),
    ],
  },
  {
    name: 'reported-106054-deadline-after-rollout',
    steps: [
      create(workload('Deployment', { replicas: 2, progressDeadlineSeconds: 3 })),
      cordon(true),
      together(kill({}), wait(6)),
      cordon(false),
    ],
  },
  {
    name: 'reported-40496-deadline-of-bad-image',
    steps: [
      create(workload('Deployment', { replicas: 2, progressDeadlineSeconds: 2 })),
      together(image(WEB, '2', { 'suite/run': 'pending' }), wait(5)),
      scale(WEB, 3),
      together(image(WEB, '3', { 'suite/run': null }), wait(3)),
    ],
  },
];
