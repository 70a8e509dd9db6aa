/** Service accounts, the Secrets that keep tokens of theirs, and aggregated roles. */
import type { Json } from '../../mutations.ts';
import { create, patch, remove, type Scenario, send } from '../scenario.ts';

const NAME = 'kubernetes.io/service-account.name';
const UID = 'kubernetes.io/service-account.uid';
const ROLES = '/apis/rbac.authorization.k8s.io/v1/clusterroles';
const POLICIES = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';
const MERGE = 'application/merge-patch+json';

const account = (name: string, more: Json = {}): Json => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name },
  ...more,
});

const token = (name: string, annotations: Json, more: Json = {}): Json => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, annotations },
  type: 'kubernetes.io/service-account-token',
  ...more,
});

function role(name: string, labels: Json, rules: Json[], more: Json = {}): Json {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: `NAMESPACE.${name}`, labels },
    rules,
    ...more,
  };
}

const reads = (resource: string) => ({ apiGroups: [''], resources: [resource], verbs: ['get'] });

const aggregationRule = {
  clusterRoleSelectors: [{ matchLabels: { 'NAMESPACE.io/a': 'yes' } }, { matchLabels: { 'NAMESPACE.io/b': 'yes' } }],
};

function policy(name: string, expression: string, more: Json = {}): Json {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: `NAMESPACE.${name}` },
    spec: {
      matchConstraints: {
        resourceRules: [
          { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['deployments'] },
        ],
      },
      validations: [{ expression }],
      ...more,
    },
  };
}

export const accounts: Scenario[] = [
  {
    name: 'account-default',
    steps: [remove('serviceaccounts/default'), patch('serviceaccounts/default', { metadata: { labels: { a: 'b' } } })],
  },
  {
    name: 'account-token',
    steps: [
      create(account('robot')),
      create(token('robot', { [NAME]: 'robot' }, { data: { own: 'eA==' } })),
      patch('secrets/robot', { data: { token: null } }, 'merge'),
      patch('secrets/robot', { data: { namespace: null, 'ca.crt': 'eA==' } }, 'merge'),
      patch('secrets/robot', { data: { namespace: 'eA==' } }, 'merge'),
      remove('serviceaccounts/robot'),
    ],
  },
  {
    name: 'account-token-of-nobody',
    steps: [
      create(token('a', { [NAME]: 'nobody' })),
      create(account('nobody')),
      create(token('b', { [NAME]: 'nobody' })),
    ],
  },
  {
    name: 'account-token-of-another',
    steps: [
      create(account('robot')),
      create(token('a', { [NAME]: 'robot', [UID]: '00000000-0000-4000-8000-000000000000' })),
      create(token('b', { [NAME]: 'robot' })),
      patch('secrets/b', { metadata: { annotations: { [NAME]: 'default' } } }, 'merge'),
    ],
  },
  {
    name: 'account-names-secrets',
    steps: [
      create(account('robot', { secrets: [{ name: 'a' }, { name: 'b' }], imagePullSecrets: [{ name: 'a' }] })),
      create(token('a', { [NAME]: 'robot' })),
      create(token('b', { [NAME]: 'robot' })),
      remove('secrets/a'),
      remove('secrets/b'),
    ],
  },
  {
    name: 'roles-aggregated',
    steps: [
      send('POST', ROLES, role('all', {}, [reads('nodes')], { aggregationRule })),
      send('POST', ROLES, role('z', { 'NAMESPACE.io/a': 'yes' }, [reads('pods'), reads('secrets')])),
      send('POST', ROLES, role('b', { 'NAMESPACE.io/b': 'yes' }, [reads('services'), reads('pods')])),
      send('PATCH', `${ROLES}/NAMESPACE.z`, { rules: [reads('events')] }, MERGE),
      send('PATCH', `${ROLES}/NAMESPACE.all`, { rules: [reads('nodes')] }, MERGE),
      send('PATCH', `${ROLES}/NAMESPACE.b`, { metadata: { labels: { 'NAMESPACE.io/b': null } } }, MERGE),
      send('DELETE', `${ROLES}/NAMESPACE.z`),
      send('PATCH', `${ROLES}/NAMESPACE.all`, { aggregationRule: null }, MERGE),
    ],
  },
  {
    name: 'policies-checked',
    steps: [
      send('POST', POLICIES, policy('good', 'object.spec.replicas > 1')),
      send('POST', POLICIES, policy('text', "object.spec.replicas > 'one'")),
      send('POST', POLICIES, policy('field', 'object.spec.nothing == 1 && oldObject.foo == 2')),
      send(
        'POST',
        POLICIES,
        policy('parts', 'variables.a == 1', {
          variables: [{ name: 'a', expression: "object.spec.replicas + 'a'" }],
          matchConditions: [{ name: 'x', expression: 'object.x == 1' }],
          auditAnnotations: [{ key: 'k', valueExpression: 'object.y' }],
        }),
      ),
      send('PATCH', `${POLICIES}/NAMESPACE.text`, { spec: { validations: [{ expression: 'true' }] } }, MERGE),
    ],
  },
];
