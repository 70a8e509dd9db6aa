/** DaemonSets and StatefulSets that are changed, and whose pods are, while they roll. */
import type { Json } from '../../mutations.ts';
import {
  create,
  free,
  image,
  kill,
  type Place,
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
import { pod, template, workload } from './objects.ts';

const DAEMONS = 'daemonsets/web';
const SET = 'statefulsets/web';
const NODE = 'nodes/NAMESPACE-n1';
const unready = { 'suite/run': 'unready' };
const daemons = (spec: Json = {}) => create(workload('DaemonSet', spec));
const set = (spec: Json = {}, metadata: Json = {}) =>
  create(workload('StatefulSet', { serviceName: 'web', replicas: 3, ...spec }, metadata));
const parallel = { podManagementPolicy: 'Parallel' };
const rolling = (rollingUpdate: Json) => ({ updateStrategy: { type: 'RollingUpdate', rollingUpdate } });
const claims = (metadata: Json = {}) => ({
  volumeClaimTemplates: [
    {
      metadata: { name: 'data', ...metadata },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    },
  ],
});
const retain = (whenDeleted: string, whenScaled: string) => ({
  persistentVolumeClaimRetentionPolicy: { whenDeleted, whenScaled },
});
const stay = { template: template({ 'suite/stay': '1' }) };

/** Deletes or changes the ControllerRevisions of a number. */
function revisions(number: number, body?: Json): Step {
  return {
    name: `${body ? JSON.stringify(body) : 'delete'} revision ${number}`,
    async run({ side, namespace }: Place) {
      const path = `/apis/apps/v1/namespaces/${namespace}/controllerrevisions`;
      for (const { metadata, revision } of (await side.must('GET', path)).items) {
        if (revision !== number) continue;
        if (body) await side.must('PATCH', `${path}/${metadata.name}`, body, 'application/merge-patch+json');
        else await side.must('DELETE', `${path}/${metadata.name}`);
      }
    },
  };
}

/** A pod that is bound to the first node. */
const bound: Step = {
  name: 'create a pod on the first node',
  async run({ side, namespace }: Place) {
    const body = pod('lone', {}, { nodeName: `${namespace}-n1` });
    await side.must('POST', `/api/v1/namespaces/${namespace}/pods`, body);
  },
};

export const meddling: Scenario[] = [
  { name: 'daemons-second-pod', steps: [daemons(), bound] },
  { name: 'daemons-second-pod-surge', steps: [daemons(rolling({ maxSurge: 1, maxUnavailable: 0 })), bound] },
  { name: 'daemons-revision-deleted', steps: [daemons(), revisions(1), image(DAEMONS, '2'), revisions(1)] },
  {
    name: 'daemons-revision-changed',
    steps: [daemons(), image(DAEMONS, '2'), revisions(1, { revision: 9 }), image(DAEMONS, '3')],
  },
  {
    name: 'daemons-revision-unlabelled',
    steps: [
      daemons(),
      revisions(1, { metadata: { labels: { 'controller-revision-hash': null } } }),
      image(DAEMONS, '2'),
    ],
  },
  {
    name: 'daemons-pod-hash',
    steps: [daemons(), patchPods({}, { metadata: { labels: { 'controller-revision-hash': 'x' } } })],
  },
  {
    name: 'daemons-host-network',
    steps: [
      daemons({
        template: template(
          {},
          { hostNetwork: true, containers: [{ name: 'app', image: 'app:1', ports: [{ containerPort: 80 }] }] },
        ),
      }),
    ],
  },
  {
    name: 'daemons-affinity',
    nodes: 2,
    steps: [
      daemons({
        template: template(
          {},
          {
            affinity: {
              nodeAffinity: {
                requiredDuringSchedulingIgnoredDuringExecution: {
                  nodeSelectorTerms: [
                    { matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] },
                    { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['daemons-affinity-n2'] }] },
                  ],
                },
              },
            },
          },
        ),
      }),
      patch(NODE, { metadata: { labels: { disk: 'ssd' } } }),
    ],
  },
  {
    name: 'daemons-all-unavailable',
    nodes: 3,
    steps: [
      daemons(rolling({ maxUnavailable: '100%' })),
      image(DAEMONS, '2'),
      image(DAEMONS, '3', unready),
      runs({}, 'ready'),
    ],
  },
  { name: 'daemons-stay', nodes: 2, steps: [daemons(stay), image(DAEMONS, '2'), free()] },
  {
    name: 'daemons-stay-surge',
    nodes: 2,
    steps: [
      daemons({ ...stay, ...rolling({ maxSurge: 1, maxUnavailable: 0 }) }),
      kill({ most: 1 }),
      image(DAEMONS, '2'),
      free(),
    ],
  },
  {
    name: 'daemons-new-node',
    steps: [
      daemons(),
      {
        name: 'another node',
        run: ({ kubelet, namespace }) => kubelet.addNode(`${namespace}-n2`, { suite: namespace }),
      },
      together(remove('nodes/NAMESPACE-n2'), patch(DAEMONS, { metadata: { annotations: { touched: 'yes' } } })),
    ],
  },
  { name: 'daemons-selector-of-others', steps: [create(workload('ReplicaSet', { replicas: 1 })), daemons()] },
  {
    name: 'daemons-two',
    steps: [daemons(), create(workload('DaemonSet', {}, { name: 'other' })), image(DAEMONS, '2')],
  },
  { name: 'set-revision-deleted', steps: [set({ replicas: 1 }), revisions(1), image(SET, '2'), revisions(1)] },
  {
    name: 'set-revision-changed',
    steps: [set({ replicas: 1 }), image(SET, '2'), revisions(1, { revision: 9 }), image(SET, '3')],
  },
  {
    name: 'set-pod-hash',
    steps: [set({ replicas: 1 }), patchPods({}, { metadata: { labels: { 'controller-revision-hash': 'x' } } })],
  },
  {
    name: 'set-scaled-midway',
    steps: [set(), image(SET, '2', unready), scale(SET, 5), scale(SET, 2), runs({}, 'ready')],
  },
  {
    name: 'set-partition-midway',
    steps: [
      set(),
      image(SET, '2', unready),
      patch(SET, { spec: rolling({ partition: 3 }) }),
      image(SET, '1', { 'suite/run': null }),
      runs({}, 'ready'),
    ],
  },
  {
    name: 'set-parallel-partition',
    steps: [set({ ...parallel, ...rolling({ partition: 1 }) }), image(SET, '2'), kill({}), scale(SET, 4)],
  },
  {
    name: 'set-on-delete-later',
    steps: [
      set(),
      patch(SET, { spec: { updateStrategy: { type: 'OnDelete', rollingUpdate: null } } }),
      image(SET, '2'),
      kill({ named: /-2$/ }),
      image(SET, '1'),
    ],
  },
  {
    name: 'set-rolls-back',
    steps: [set({ replicas: 2, revisionHistoryLimit: 0 }), image(SET, '2'), image(SET, '1'), image(SET, '3')],
  },
  {
    name: 'set-made-again',
    steps: [set(stay), remove(SET, { propagationPolicy: 'Background' }), set({ replicas: 2 }), free(), wait(2)],
  },
  {
    name: 'set-ordinals-shrink',
    steps: [set({ ordinals: { start: 2 } }), scale(SET, 1), patch(SET, { spec: { ordinals: null } }, 'merge')],
  },
  {
    name: 'set-claims-labels',
    steps: [set({ replicas: 1, ...claims({ labels: { tier: 'a' }, annotations: { own: 'x' } }) }), scale(SET, 0)],
  },
  {
    name: 'set-claims-scaled',
    steps: [
      set({ ...parallel, replicas: 2, ...claims(), ...retain('Retain', 'Delete') }),
      scale(SET, 0),
      wait(1),
      scale(SET, 1),
    ],
  },
  {
    name: 'set-claims-policy-later',
    steps: [
      set({ ...parallel, replicas: 2, ...claims(), ...retain('Delete', 'Delete') }),
      patch(SET, { spec: retain('Retain', 'Retain') }),
      scale(SET, 1),
      remove(SET, { propagationPolicy: 'Background' }),
    ],
  },
  {
    name: 'set-claims-owned',
    steps: [
      create({
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: {
          name: 'data-web-0',
          ownerReferences: [
            {
              apiVersion: 'v1',
              kind: 'Node',
              name: 'set-claims-owned-n1',
              uid: '00000000-0000-4000-8000-000000000000',
              controller: true,
            },
          ],
        },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      }),
      set({ replicas: 1, ...claims(), ...retain('Delete', 'Retain') }),
    ],
  },
  {
    name: 'set-status-by-hand',
    steps: [
      set({ replicas: 1 }),
      patch(`${SET}/status`, { status: { currentRevision: 'web-none', replicas: 4 } }, 'merge'),
      image(SET, '2'),
    ],
  },
  {
    name: 'set-pod-finalizer',
    steps: [
      set({ replicas: 2 }),
      patchPods({ named: /-1$/ }, { metadata: { finalizers: ['own.io/x'] } }),
      image(SET, '2'),
      together(
        patchPods({ named: /-1$/ }, { metadata: { '$deleteFromPrimitiveList/finalizers': ['own.io/x'] } }),
        wait(2),
      ),
    ],
  },
  { name: 'set-two', steps: [set({ replicas: 1 }), set({ replicas: 1 }, { name: 'web-other' }), scale(SET, 2)] },
];
