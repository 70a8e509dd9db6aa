/** Quotas of pods of all sorts, which are deleted, end and change, as do the quotas; refusals in their words. */
import type { Json } from '../../mutations.ts';
import {
  create,
  free,
  kill,
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
import { pod, quota, workload } from './objects.ts';

const QUOTA = 'resourcequotas/quota';
const PODS = '/api/v1/namespaces/NAMESPACE/pods';
const MERGE = 'application/merge-patch+json';

/** Upstream counts a new quota once its controller has seen it. */
const limited = (...quotas: Json[]): Step[] => [create(...quotas), wait(1)];
const named = (name: string, spec: Json): Json => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name },
  spec,
});

function sized(name: string, resources: Json, spec: Json = {}, metadata: Json = {}): Json {
  return pod(name, metadata, { containers: [{ name: 'app', image: 'app:1', resources }], ...spec });
}

const small = { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '200m', memory: '128Mi' } };
const big = { requests: { cpu: '2', memory: '1Gi' }, limits: { cpu: '2', memory: '1Gi' } };
const stays = { annotations: { 'suite/stay': '1' } };
const onNode = (body: Json): Json => ({ ...body, spec: { ...body.spec, nodeSelector: { suite: 'NAMESPACE' } } });
const tried = (body: Json): Step => send('POST', PODS, onNode(body));
const hard = {
  pods: '3',
  'requests.cpu': '2500m',
  'limits.cpu': '3',
  'requests.memory': '2Gi',
  'limits.memory': '2Gi',
};

export const quotas: Scenario[] = [
  {
    name: 'quota-pods',
    steps: [
      ...limited(quota(hard)),
      create(sized('a', small), sized('b', big)),
      tried(sized('c', big)),
      tried(sized('d', {})),
      tried(sized('d', { requests: { cpu: '1' } })),
      runs({ named: /^b$/ }, 'succeed'),
      tried(sized('c', big)),
      remove('pods/a'),
      kill({}),
    ],
  },
  {
    name: 'quota-terminating',
    steps: [
      ...limited(quota({ pods: '1' })),
      create(sized('a', {}, { terminationGracePeriodSeconds: 4 }, stays)),
      remove('pods/a'),
      tried(sized('b', {})),
      // Past its grace a pod that still is there counts no longer: upstream sees that when the quota changes.
      together(wait(5), patch(QUOTA, { spec: { hard: { pods: '2' } } })),
      tried(sized('b', {})),
      free(),
    ],
  },
  {
    name: 'quota-scopes',
    steps: [
      // Upstream says which one is exceeded in any order: each refusal is of one.
      ...limited(
        named('terminating', { hard: { pods: '2' }, scopes: ['Terminating'] }),
        named('lasting', { hard: { pods: '3' }, scopes: ['NotTerminating'] }),
        named('plain', { hard: { pods: '3' }, scopes: ['BestEffort'] }),
        named('sized', { hard: { pods: '3' }, scopes: ['NotBestEffort'] }),
        named('both', { hard: { pods: '4', 'requests.cpu': '1' }, scopes: ['NotTerminating', 'NotBestEffort'] }),
      ),
      create(sized('a', {}), sized('b', small), sized('c', small, { activeDeadlineSeconds: 600 })),
      create(sized('d', {}, { activeDeadlineSeconds: 600 })),
      tried(sized('e', {}, { activeDeadlineSeconds: 600 })),
      tried(sized('f', big)),
      send('PATCH', `${PODS}/a`, { spec: { activeDeadlineSeconds: 500 } }, MERGE),
      remove('pods/d'),
      send('PATCH', `${PODS}/a`, { spec: { activeDeadlineSeconds: 500 } }, MERGE),
      remove('pods/b'),
      kill({}),
    ],
  },
  {
    name: 'quota-scope-selector',
    steps: [
      ...limited(
        named('critical', {
          hard: { pods: '1' },
          scopeSelector: {
            matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['system-cluster-critical'] }],
          },
        }),
        named('plain', {
          hard: { pods: '1' },
          scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'DoesNotExist' }] },
        }),
        named('other', {
          hard: { pods: '1', 'requests.cpu': '1' },
          scopeSelector: {
            matchExpressions: [
              { scopeName: 'PriorityClass', operator: 'NotIn', values: ['system-node-critical'] },
              { scopeName: 'NotBestEffort', operator: 'Exists' },
            ],
          },
        }),
        named('affine', { hard: { pods: '0' }, scopes: ['CrossNamespacePodAffinity'] }),
      ),
      create(sized('a', {}, { priorityClassName: 'system-cluster-critical' }), sized('b', {})),
      tried(sized('c', {}, { priorityClassName: 'system-cluster-critical' })),
      tried(sized('c', small)),
      tried(
        sized('d', small, {
          priorityClassName: 'system-node-critical',
          affinity: {
            podAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: [
                { topologyKey: 'x', labelSelector: { matchLabels: { a: 'b' } }, namespaces: ['other'] },
              ],
            },
          },
        }),
      ),
      tried(sized('e', small, { priorityClassName: 'system-node-critical' })),
      remove('pods/b'),
      tried(sized('c', small)),
      kill({}),
    ],
  },
  {
    name: 'quota-changed',
    steps: [
      ...limited(quota({ pods: '3' })),
      create(workload('ReplicaSet', { replicas: 3 })),
      patch(QUOTA, { spec: { hard: { pods: '1', 'requests.cpu': '1' } } }),
      kill({ most: 1 }),
      scale('replicasets/web', 1),
      patch(QUOTA, { spec: { hard: { pods: null } } }, 'merge'),
      send('PATCH', `/api/v1/namespaces/NAMESPACE/${QUOTA}`, { spec: { scopes: ['BestEffort'] } }, MERGE),
      patch(`${QUOTA}/status`, { status: { used: { 'requests.cpu': '700m' } } }, 'merge'),
      patch(QUOTA, { spec: { hard: { 'requests.cpu': '2' } } }, 'merge'),
      remove(QUOTA),
      scale('replicasets/web', 2),
    ],
  },
  {
    name: 'quota-two',
    steps: [
      ...limited(named('one', { hard: { pods: '2' } }), named('two', { hard: { pods: '1', 'limits.cpu': '1' } })),
      create(sized('a', small)),
      tried(sized('b', small)),
      remove('resourcequotas/two'),
      tried(sized('b', small)),
      tried(sized('c', small)),
    ],
  },
  {
    name: 'quota-extended',
    steps: [
      ...limited(
        quota({
          'requests.example.com/gpu': '3',
          'requests.ephemeral-storage': '2Gi',
          'limits.ephemeral-storage': '4Gi',
          'hugepages-2Mi': '4Mi',
        }),
      ),
      tried(
        sized('a', {
          requests: { 'example.com/gpu': '2', 'ephemeral-storage': '1Gi' },
          limits: { 'example.com/gpu': '2', 'ephemeral-storage': '1Gi' },
        }),
      ),
      tried(
        sized('b', {
          requests: { 'example.com/gpu': '2', 'ephemeral-storage': '1Gi' },
          limits: { 'example.com/gpu': '2', 'ephemeral-storage': '1Gi' },
        }),
      ),
      tried(sized('c', { limits: { 'hugepages-2Mi': '2Mi', cpu: '1' }, requests: { 'ephemeral-storage': '1' } })),
      kill({}, { gracePeriodSeconds: 0 }),
    ],
  },
  {
    name: 'quota-init-and-overhead',
    steps: [
      ...limited(quota({ 'requests.cpu': '4', 'limits.cpu': '8' })),
      tried(
        sized(
          'a',
          { requests: { cpu: '1' }, limits: { cpu: '1' } },
          {
            initContainers: [
              { name: 'once', image: 'i', resources: { requests: { cpu: '3' }, limits: { cpu: '3' } } },
              {
                name: 'side',
                image: 'i',
                restartPolicy: 'Always',
                resources: { requests: { cpu: '500m' }, limits: { cpu: '1' } },
              },
            ],
          },
        ),
      ),
      tried(sized('b', {}, { resources: { requests: { cpu: '600m' }, limits: { cpu: '1' } } })),
      tried(sized('c', { limits: { cpu: '400m' } })),
      remove('pods/a'),
    ],
  },
  {
    name: 'quota-resized',
    steps: [
      ...limited(quota({ 'requests.cpu': '2', 'limits.cpu': '3' })),
      create(sized('a', small)),
      send(
        'PATCH',
        `${PODS}/a/resize`,
        { spec: { containers: [{ name: 'app', resources: { requests: { cpu: '1' }, limits: { cpu: '1' } } }] } },
        'application/strategic-merge-patch+json',
      ),
      send(
        'PATCH',
        `${PODS}/a/resize`,
        { spec: { containers: [{ name: 'app', resources: { requests: { cpu: '3' }, limits: { cpu: '3' } } }] } },
        'application/strategic-merge-patch+json',
      ),
      remove('pods/a'),
    ],
  },
];
