/** Pods whose node is drained, tainted or gone. */
import { create, free, type Place, patch, remove, type Scenario, type Step, together, wait } from '../scenario.ts';
import { job, template, workload } from './objects.ts';

const NODE = 'nodes/NAMESPACE-n1';
const cordon = patch(NODE, { spec: { unschedulable: true } });
const evict = patch(NODE, { spec: { taints: [{ key: 'own', effect: 'NoExecute' }] } }, 'merge');
const tolerated = (tolerationSeconds: number) => ({
  key: 'own',
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds,
});
const drain: Step = {
  name: 'evict all pods',
  async run({ side, namespace }: Place) {
    const path = `/api/v1/namespaces/${namespace}/pods`;
    for (const { metadata } of (await side.must('GET', path)).items) {
      const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: metadata.name, namespace } };
      await side.must('POST', `${path}/${metadata.name}/eviction`, eviction);
    }
  },
};

export const nodes: Scenario[] = [
  {
    name: 'node-drain',
    steps: [
      create(workload('Deployment', { replicas: 2 })),
      cordon,
      drain,
      together(patch(NODE, { spec: { unschedulable: null } }, 'merge'), wait(12)),
    ],
  },
  {
    name: 'node-drain-statefulset',
    steps: [
      create(workload('StatefulSet', { serviceName: 'web', replicas: 2 })),
      cordon,
      drain,
      together(patch(NODE, { spec: { unschedulable: null } }, 'merge'), wait(12)),
    ],
  },
  { name: 'node-drain-job', steps: [create(job()), cordon, drain, wait(11)] },
  {
    name: 'node-taint',
    steps: [
      create(workload('Deployment', { replicas: 1 })),
      evict,
      together(patch(NODE, { spec: { taints: null } }, 'merge'), wait(12)),
    ],
  },
  {
    name: 'node-taint-taken-away',
    steps: [
      create(workload('ReplicaSet', { replicas: 2, template: template({}, { tolerations: [tolerated(60)] }) })),
      evict,
      patch(NODE, { spec: { taints: null } }, 'merge'),
    ],
  },
  {
    name: 'node-taint-job',
    steps: [
      create(
        job({
          backoffLimit: 0,
          podFailurePolicy: { rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] }] },
        }),
      ),
      evict,
      wait(5),
    ],
  },
  {
    name: 'node-taint-tolerated',
    steps: [
      create(
        workload('ReplicaSet', {
          replicas: 1,
          template: template({}, { tolerations: [tolerated(3)] }),
        }),
      ),
      evict,
      wait(4),
    ],
  },
  { name: 'node-gone', steps: [create(workload('Deployment', { replicas: 1 })), remove(NODE), wait(70)] },
  {
    name: 'node-unready-pod',
    steps: [
      create(workload('StatefulSet', { serviceName: 'web', replicas: 1, template: template({ 'suite/stay': '1' }) })),
      evict,
      wait(2),
      free(),
    ],
  },
];
