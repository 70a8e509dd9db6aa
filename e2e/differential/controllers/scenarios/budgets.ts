/** Disruption budgets, whatever controls their pods, and evictions under them. */
import type { Json } from '../../mutations.ts';
import { create, type Place, patch, remove, type Scenario, type Step, scale, send, wait } from '../scenario.ts';
import { job, pod, workload } from './objects.ts';

const BUDGET = 'poddisruptionbudgets/web';
const labels = { app: 'web' };

function budget(spec: Json, name = 'web'): Json {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name },
    spec: { selector: { matchLabels: labels }, ...spec },
  };
}

function evict(name: string, options: Json = {}): Step {
  return send('POST', `/api/v1/namespaces/NAMESPACE/pods/${name}/eviction`, {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name },
    ...options,
  });
}

/** Pods of a custom resource, which has a scale or none. */
function ofCustom(hasScale: boolean): Step {
  const group = 'NAMESPACE.example.com';
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const paths = { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' };
  return {
    name: `pods of a custom resource ${hasScale ? 'with' : 'without'} a scale`,
    async run(place: Place) {
      const { side, namespace } = place;
      await send('POST', path, {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: `things.${group}` },
        spec: {
          group,
          scope: 'Namespaced',
          names: { plural: 'things', singular: 'thing', kind: 'Thing', listKind: 'ThingList' },
          versions: [
            {
              name: 'v1',
              served: true,
              storage: true,
              schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
              ...(hasScale ? { subresources: { scale: paths } } : {}),
            },
          ],
        },
      }).run(place);
      // Upstream's controller manager learns of new kinds each half a minute.
      await wait(35).run(place);
      const things = `/apis/${group.replace('NAMESPACE', namespace)}/v1/namespaces/${namespace}/things`;
      const apiVersion = `${group.replace('NAMESPACE', namespace)}/v1`;
      const thing = await side.must('POST', things, {
        apiVersion,
        kind: 'Thing',
        metadata: { name: 'web' },
        spec: { replicas: 4 },
      });
      const ownerReferences = [{ apiVersion, kind: 'Thing', name: 'web', uid: thing.metadata.uid, controller: true }];
      await create(...['a', 'b', 'c'].map((name) => pod(name, { ownerReferences }))).run(place);
    },
  };
}

export const budgets: Scenario[] = [
  ...[{ minAvailable: 2 }, { minAvailable: '50%' }, { maxUnavailable: 1 }, { maxUnavailable: '34%' }].map(
    (spec, at): Scenario => ({
      name: `budget-deployment-${at}`,
      steps: [
        create(workload('Deployment', { replicas: 3 })),
        create(budget(spec)),
        scale('deployments/web', 5),
        scale('deployments/web', 1),
        patch(BUDGET, { spec: { minAvailable: null, maxUnavailable: '100%' } }, 'merge'),
        scale('deployments/web', 0),
      ],
    }),
  ),
  {
    name: 'budget-evictions',
    steps: [
      create(pod('a'), pod('b'), pod('c')),
      create(budget({ minAvailable: 2 })),
      evict('a', { deleteOptions: { dryRun: ['All'] } }),
      evict('a', { deleteOptions: { preconditions: { uid: 'other' } } }),
      evict('a'),
      evict('b'),
      wait(1),
      remove(BUDGET),
      evict('b'),
    ],
  },
  {
    name: 'budget-unready',
    steps: [
      create(pod('a', { annotations: { 'suite/run': 'unready' } }), pod('b'), pod('c')),
      create(budget({ minAvailable: 3 })),
      evict('a'),
      patch(BUDGET, { spec: { unhealthyPodEvictionPolicy: 'AlwaysAllow' } }, 'merge'),
      evict('a'),
      evict('b'),
    ],
  },
  { name: 'budget-unmanaged', steps: [create(pod('a')), create(budget({ maxUnavailable: 1 })), remove('pods/a')] },
  {
    name: 'budget-several',
    steps: [
      create(
        budget({ minAvailable: 1 }),
        budget({ minAvailable: 1, selector: { matchLabels: { app: 'own' } } }, 'own'),
      ),
      create(pod('a', { labels: { app: 'own' } })),
      evict('a'),
    ],
  },
  {
    name: 'budget-kept-pods',
    steps: [
      create(pod('a'), pod('b')),
      create(budget({ minAvailable: 1 })),
      patch(`${BUDGET}/status`, { status: { disruptedPods: { a: '2020-01-01T00:00:00Z' } } }, 'merge'),
    ],
  },
  {
    name: 'budget-job',
    steps: [
      create(job({}, { 'suite/run': 'run' })),
      create(budget({ maxUnavailable: 1 })),
      patch(BUDGET, { spec: { maxUnavailable: null, minAvailable: 1 } }, 'merge'),
    ],
  },
  {
    name: 'budget-orphaned-set',
    steps: [
      create(workload('Deployment', { replicas: 2 })),
      remove('deployments/web', { propagationPolicy: 'Orphan' }),
      create(budget({ maxUnavailable: 1 })),
    ],
  },
  { name: 'budget-of-nothing', steps: [create(budget({ minAvailable: 1 })), create(pod('a')), remove('pods/a')] },
  {
    name: 'budget-custom',
    steps: [ofCustom(true), create(budget({ maxUnavailable: '50%' })), evict('a')],
  },
  {
    name: 'budget-custom-without-scale',
    steps: [ofCustom(false), create(budget({ maxUnavailable: 1 }))],
  },
];
