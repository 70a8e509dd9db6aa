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
  together,
  wait,
} from '../scenario.ts';
import { pod, quota, template, workload } from './objects.ts';

const SET = 'daemonsets/web';
const NODE = 'nodes/NAMESPACE-n1';
const rolling = (maxSurge: number | string, maxUnavailable: number | string) => ({
  updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } },
});
const tainted = (effect: string) => patch(NODE, { spec: { taints: [{ key: 'own', value: 'x', effect }] } }, 'merge');

/** Upstream looks at a DaemonSet whose pod stays on a node that takes no more, or whose node is gone, when it changes. */
const touched = patch(SET, { metadata: { annotations: { touched: 'yes' } } });
const taint = (effect: string) => together(tainted(effect), touched);

export const daemonSets: Scenario[] = [
  {
    name: 'daemonset-create',
    nodes: 3,
    steps: [create(workload('DaemonSet')), kill({ most: 1 }), remove(SET, { propagationPolicy: 'Background' })],
  },
  {
    name: 'daemonset-update',
    nodes: 3,
    steps: [create(workload('DaemonSet')), image(SET, '2'), image(SET, '3'), image(SET, '1')],
  },
  {
    name: 'daemonset-unavailable',
    nodes: 4,
    steps: [
      create(workload('DaemonSet', rolling(0, 2))),
      image(SET, '2'),
      image(SET, '3', { 'suite/run': 'unready' }),
      image(SET, '4', { 'suite/run': null }),
    ],
  },
  {
    name: 'daemonset-surge',
    nodes: 3,
    steps: [
      create(workload('DaemonSet', rolling(1, 0))),
      image(SET, '2'),
      image(SET, '3', { 'suite/run': 'unready' }),
      image(SET, '4', { 'suite/run': null }),
    ],
  },
  {
    name: 'daemonset-surge-percent',
    nodes: 3,
    steps: [create(workload('DaemonSet', rolling('50%', 0))), image(SET, '2'), image(SET, '3')],
  },
  {
    name: 'daemonset-on-delete',
    nodes: 2,
    steps: [
      create(workload('DaemonSet', { updateStrategy: { type: 'OnDelete' } })),
      image(SET, '2'),
      kill({ most: 1 }),
      patch(SET, { spec: { updateStrategy: { type: 'RollingUpdate' } } }),
    ],
  },
  {
    name: 'daemonset-min-ready',
    nodes: 2,
    steps: [
      together(create(workload('DaemonSet', { minReadySeconds: 3 })), wait(5)),
      together(image(SET, '2'), wait(12)),
    ],
  },
  {
    name: 'daemonset-history',
    nodes: 1,
    steps: [
      create(workload('DaemonSet', { revisionHistoryLimit: 1 })),
      image(SET, '2'),
      image(SET, '3'),
      image(SET, '4'),
      image(SET, '3'),
    ],
  },
  {
    name: 'daemonset-cordon',
    nodes: 2,
    steps: [
      create(workload('DaemonSet')),
      patch(NODE, { spec: { unschedulable: true } }),
      kill({}),
      patch(NODE, { spec: { unschedulable: false } }),
    ],
  },
  {
    name: 'daemonset-taints',
    nodes: 2,
    steps: [
      create(workload('DaemonSet')),
      taint('NoSchedule'),
      image(SET, '2'),
      taint('NoExecute'),
      patch(NODE, { spec: { taints: null } }, 'merge'),
    ],
  },
  {
    name: 'daemonset-taint-at-first',
    nodes: 2,
    steps: [tainted('PreferNoSchedule'), create(workload('DaemonSet')), taint('NoSchedule'), kill({})],
  },
  {
    name: 'daemonset-node-labels',
    nodes: 2,
    steps: [
      create(workload('DaemonSet', { template: template({}, { nodeSelector: { disk: 'ssd' } }) })),
      patch(NODE, { metadata: { labels: { disk: 'ssd' } } }),
      patch(NODE, { metadata: { labels: { disk: null } } }),
    ],
  },
  {
    name: 'daemonset-node-gone',
    nodes: 2,
    steps: [create(workload('DaemonSet')), together(remove(NODE), touched), wait(2)],
  },
  {
    name: 'daemonset-failed',
    nodes: 1,
    steps: [
      create(workload('DaemonSet')),
      patchPods({}, { status: { phase: 'Failed', reason: 'Evicted' } }, '/status'),
      patchPods({}, { status: { phase: 'Failed' } }, '/status'),
      wait(2),
    ],
  },
  {
    name: 'daemonset-failing',
    nodes: 1,
    steps: [
      together(create(workload('DaemonSet', { template: template({ 'suite/run': 'fail' }) })), wait(5)),
      image(SET, '2', { 'suite/run': 'ready' }),
    ],
  },
  {
    name: 'daemonset-succeeded',
    nodes: 1,
    steps: [create(workload('DaemonSet')), patchPods({}, { status: { phase: 'Succeeded' } }, '/status')],
  },
  {
    name: 'daemonset-quota',
    nodes: 2,
    steps: [
      create(quota({ pods: '1' })),
      wait(1),
      create(workload('DaemonSet')),
      together(remove('resourcequotas/quota'), wait(12)),
    ],
  },
  {
    name: 'daemonset-orphan',
    nodes: 2,
    steps: [
      create(workload('DaemonSet')),
      remove(SET, { propagationPolicy: 'Orphan' }),
      create(workload('DaemonSet')),
      image(SET, '2'),
    ],
  },
  {
    name: 'daemonset-foreground',
    nodes: 1,
    steps: [
      create(workload('DaemonSet', { template: template({ 'suite/stay': '1' }) })),
      remove(SET, { propagationPolicy: 'Foreground' }),
      free(),
    ],
  },
  {
    name: 'daemonset-release',
    nodes: 1,
    steps: [
      create(workload('DaemonSet')),
      patchPods({}, { metadata: { labels: { app: 'other' } } }),
      patchPods({ labels: 'app=other' }, { metadata: { labels: { app: 'web' } } }),
    ],
  },
  { name: 'daemonset-adopt', nodes: 1, steps: [create(pod('lone')), create(workload('DaemonSet'))] },
  {
    name: 'daemonset-too-big',
    nodes: 1,
    steps: [
      create(
        workload('DaemonSet', {
          template: template(
            {},
            { containers: [{ name: 'app', image: 'app:1', resources: { requests: { cpu: '100' } } }] },
          ),
        }),
      ),
      wait(1),
    ],
  },
  {
    name: 'daemonset-rollback-midway',
    nodes: 3,
    steps: [
      create(workload('DaemonSet')),
      image(SET, '2', { 'suite/run': 'unready' }),
      image(SET, '1', { 'suite/run': null }),
    ],
  },
  {
    name: 'daemonset-unready-pod',
    nodes: 2,
    steps: [create(workload('DaemonSet')), together(runs({ most: 1 }, 'unready')), image(SET, '2')],
  },
];
