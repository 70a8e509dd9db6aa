/** Behaviours that users of Kubernetes have reported again and again, or been surprised by: they are the same here. */
import { setTimeout } from 'node:timers/promises';
import type { Json } from '../../mutations.ts';
import {
  create,
  free,
  image,
  kill,
  nextMinute,
  type Place,
  patch,
  remove,
  runs,
  type Scenario,
  type Step,
  scale,
  send,
  together,
  wait,
} from '../scenario.ts';
import { cronJob, job, quota, template, workload } from './objects.ts';

const WEB = 'deployments/web';
const SET = 'statefulsets/web';
const DAEMONS = 'daemonsets/web';
const JOB = 'jobs/web';
const unready = { 'suite/run': 'unready' };
const ready = { 'suite/run': null };
const web = (spec: Json = {}) => create(workload('Deployment', { replicas: 2, ...spec }));
const set = (spec: Json = {}) => create(workload('StatefulSet', { serviceName: 'web', replicas: 3, ...spec }));
const rolling = (rollingUpdate: Json) => ({ updateStrategy: { type: 'RollingUpdate', rollingUpdate } });
const indexed = (completions: number, more: Json = {}) => ({
  completionMode: 'Indexed',
  completions,
  parallelism: completions,
  ...more,
});
const ofIndex = (...indexes: number[]) => ({ labels: `batch.kubernetes.io/job-completion-index in (${indexes})` });
const claims = {
  volumeClaimTemplates: [
    {
      metadata: { name: 'data' },
      spec: { accessModes: ['ReadWriteOnce'], storageClassName: '', resources: { requests: { storage: '1Gi' } } },
    },
  ],
};

/** As `kubectl rollout undo` does: the first revision is a patch. */
function undo(what: string): Step {
  return {
    name: `undo ${what}`,
    async run({ side, namespace }: Place) {
      const apps = `/apis/apps/v1/namespaces/${namespace}`;
      const { items } = await side.must('GET', `${apps}/controllerrevisions`);
      const [first] = (items as Json[]).sort((a, b) => a.revision - b.revision);
      await side.must('PATCH', `${apps}/${what}`, first.data, 'application/strategic-merge-patch+json');
    },
  };
}

/** The template of the first set replaces the present one, without its hash. */
const undoDeployment: Step = {
  name: 'undo the Deployment',
  async run({ side, namespace }: Place) {
    const apps = `/apis/apps/v1/namespaces/${namespace}`;
    const { items } = await side.must('GET', `${apps}/replicasets`);
    const numberOf = ({ metadata }: Json) => Number(metadata.annotations['deployment.kubernetes.io/revision']);
    const [first] = (items as Json[]).sort((a, b) => numberOf(a) - numberOf(b));
    const value = structuredClone(first.spec.template);
    delete value.metadata.labels['pod-template-hash'];
    const body = [{ op: 'replace', path: '/spec/template', value }];
    await side.must('PATCH', `${apps}/${WEB}`, body, 'application/json-patch+json');
  },
};

/** The last run of a CronJob was long ago. */
const missed = (hours: number): Step => ({
  name: `${hours} hours were missed`,
  async run({ side, namespace }: Place) {
    const lastScheduleTime = new Date(side.now() - hours * 3_600_000).toISOString().replace(/\.\d+/, '');
    const path = `/apis/batch/v1/namespaces/${namespace}/cronjobs/web`;
    const merge = 'application/merge-patch+json';
    await side.must('PATCH', `${path}/status`, { status: { lastScheduleTime } }, merge);
    await setTimeout(300);
    await side.must('PATCH', path, { spec: { suspend: false } }, merge);
  },
});

const applied = (spec: Json, force = false): Step =>
  send(
    'PATCH',
    `/apis/apps/v1/namespaces/NAMESPACE/${WEB}?fieldManager=pipeline&force=${force}`,
    {
      ...workload('Deployment', spec),
      spec: { ...workload('Deployment', spec).spec, template: template({}, { nodeSelector: { suite: 'NAMESPACE' } }) },
    },
    'application/apply-patch+yaml',
  );

export const reported: Scenario[] = [
  {
    name: 'reported-set-forced-rollback',
    steps: [set(), image(SET, '2', unready), image(SET, '1', ready), kill({ named: /-2$/ })],
  },
  {
    name: 'reported-set-parallel-rollback',
    steps: [set({ podManagementPolicy: 'Parallel' }), image(SET, '2', unready), image(SET, '1', ready)],
  },
  { name: 'reported-set-forced-deletion', steps: [set(), kill({}, { gracePeriodSeconds: 0 })] },
  {
    name: 'reported-set-max-unavailable',
    steps: [set({ replicas: 4, ...rolling({ maxUnavailable: 3 }) }), image(SET, '2', unready)],
  },
  {
    name: 'reported-set-start-ordinal',
    steps: [set(), patch(SET, { spec: { ordinals: { start: 2 } } }), patch(SET, { spec: { ordinals: null } }, 'merge')],
  },
  {
    name: 'reported-set-min-ready',
    steps: [together(set({ replicas: 2, minReadySeconds: 3 }), wait(8)), together(image(SET, '2'), wait(10))],
  },
  { name: 'reported-set-undo', steps: [set({ replicas: 2 }), image(SET, '2'), image(SET, '3'), undo(SET)] },
  {
    name: 'reported-set-claims-quota',
    steps: [
      create(quota({ persistentvolumeclaims: '1' })),
      wait(1),
      set({ ...claims, podManagementPolicy: 'Parallel' }),
    ],
  },
  {
    name: 'reported-set-claims-quota-ordered',
    steps: [
      create(quota({ persistentvolumeclaims: '0' })),
      wait(1),
      set(claims),
      together(remove('resourcequotas/quota'), wait(15)),
    ],
  },
  {
    name: 'reported-set-claim-stays',
    steps: [
      set({ ...claims, replicas: 1 }),
      patch('persistentvolumeclaims/data-web-0', { metadata: { finalizers: ['own.io/x'] } }, 'merge'),
      remove('persistentvolumeclaims/data-web-0'),
      kill({}),
      // Upstream does not watch claims: it looks again when its back-off is over, or the set is touched.
      together(
        patch('persistentvolumeclaims/data-web-0', { metadata: { finalizers: null } }, 'merge'),
        wait(2),
        patch(SET, { metadata: { annotations: { touched: 'yes' } } }),
      ),
    ],
  },
  {
    name: 'reported-daemons-terminating',
    nodes: 3,
    steps: [create(workload('DaemonSet', { template: template({ 'suite/stay': '1' }) })), image(DAEMONS, '2'), free()],
  },
  {
    name: 'reported-daemons-surge-toleration',
    nodes: 2,
    steps: [
      patch('nodes/NAMESPACE-n1', { spec: { taints: [{ key: 'own', value: 'x', effect: 'NoSchedule' }] } }, 'merge'),
      create(
        workload('DaemonSet', {
          ...rolling({ maxSurge: 1, maxUnavailable: 0 }),
          template: template({}, { tolerations: [{ key: 'own', operator: 'Exists' }] }),
        }),
      ),
      patch(DAEMONS, { spec: { template: { spec: { tolerations: null } } } }, 'merge'),
    ],
  },
  {
    name: 'reported-daemons-surge-cordoned',
    nodes: 2,
    steps: [
      create(workload('DaemonSet', rolling({ maxSurge: '50%', maxUnavailable: 0 }))),
      patch('nodes/NAMESPACE-n1', { spec: { unschedulable: true } }),
      image(DAEMONS, '2'),
    ],
  },
  {
    name: 'reported-daemons-undo',
    nodes: 2,
    steps: [create(workload('DaemonSet')), image(DAEMONS, '2'), image(DAEMONS, '3'), undo(DAEMONS)],
  },
  {
    name: 'reported-deployment-proportions',
    steps: [
      web({ replicas: 10, strategy: { rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } } }),
      image(WEB, '2', unready),
      scale(WEB, 15),
      patch(WEB, { spec: { paused: true } }),
      scale(WEB, 5),
      patch(WEB, { spec: { paused: false } }),
    ],
  },
  {
    name: 'reported-deployment-deadline-from-none',
    steps: [
      web({ replicas: 0, progressDeadlineSeconds: 3, template: template(unready) }),
      together(scale(WEB, 2), wait(6)),
    ],
  },
  {
    name: 'reported-deployment-deadline-after',
    steps: [web({ progressDeadlineSeconds: 3 }), together(runs({}, 'unready'), wait(6))],
  },
  {
    name: 'reported-deployment-deadline-mended',
    steps: [
      web({ progressDeadlineSeconds: 3 }),
      together(image(WEB, '2', unready), wait(6)),
      patch(WEB, { spec: { paused: true } }),
      patch(WEB, { spec: { paused: false } }),
      image(WEB, '3', ready),
    ],
  },
  { name: 'reported-deployment-undo', steps: [web(), image(WEB, '2'), image(WEB, '3'), undoDeployment] },
  {
    name: 'reported-deployment-apply-scaled',
    steps: [
      applied({ replicas: 2 }),
      scale(WEB, 4),
      applied({ replicas: 2 }),
      applied({}),
      applied({ replicas: 1 }, true),
    ],
  },
  {
    name: 'reported-job-suspended-start',
    steps: [
      create(job({ suspend: true, parallelism: 2, completions: 2 })),
      patch(JOB, { spec: { template: { spec: { nodeSelector: { own: 'x' } } } } }),
      patch(JOB, { spec: { suspend: false } }),
      patch(JOB, { spec: { suspend: true } }),
    ],
  },
  {
    name: 'reported-job-elastic',
    steps: [
      create(job(indexed(3))),
      runs(ofIndex(0, 2), 'succeed'),
      patch(JOB, { spec: { completions: 2, parallelism: 2 } }),
      patch(JOB, { spec: { completions: 4, parallelism: 4 } }),
      runs({}, 'succeed'),
    ],
  },
  {
    name: 'reported-job-replacement',
    steps: [
      create(job({ parallelism: 2, completions: 2, podReplacementPolicy: 'Failed' }, { 'suite/stay': '1' })),
      kill({ most: 1 }),
      together(free(), wait(12)),
    ],
  },
  {
    name: 'reported-job-managed-by',
    steps: [
      create(job({ managedBy: 'own.io/other', suspend: true })),
      send(
        'PATCH',
        `/apis/batch/v1/namespaces/NAMESPACE/${JOB}`,
        { spec: { managedBy: null } },
        'application/merge-patch+json',
      ),
      patch(JOB, { spec: { suspend: false } }),
    ],
  },
  {
    name: 'reported-job-ttl-suspended',
    steps: [
      together(
        create(job({ ttlSecondsAfterFinished: 2, backoffLimit: 0 }, { 'suite/run': 'fail', 'suite/stay': '1' })),
        wait(4),
      ),
      free(),
    ],
  },
  {
    name: 'reported-cron-missed',
    steps: [create(cronJob({ suspend: true })), together(missed(3), nextMinute(4))],
  },
  {
    name: 'reported-cron-missed-deadline',
    steps: [create(cronJob({ suspend: true, schedule: '0 0 1 1 *', startingDeadlineSeconds: 3600 })), missed(24 * 800)],
  },
];
