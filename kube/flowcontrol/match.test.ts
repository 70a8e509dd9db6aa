import { expect, test } from 'vitest';
import { BOOTSTRAP_FLOW_SCHEMAS } from './bootstrap.ts';
import { type FlowRequest, matchesRule, rulesForUser } from './match.ts';

const POD: FlowRequest = {
  isResource: true,
  verb: 'list',
  group: '',
  resource: 'pods',
  subresource: '',
  namespace: 'default',
  path: '/api/v1/namespaces/default/pods',
};
const LEASE = { ...POD, verb: 'update', group: 'coordination.k8s.io', resource: 'leases', namespace: 'kube-system' };

function schemaOf(user: string, groups: string[], request: FlowRequest): string | undefined {
  const found = BOOTSTRAP_FLOW_SCHEMAS.find(({ spec }) =>
    rulesForUser(spec, { name: user, groups }).some((rule) => matchesRule(rule, request)),
  );
  return found?.metadata.name;
}

const path = (at: string): FlowRequest => ({
  ...POD,
  isResource: false,
  verb: 'get',
  resource: '',
  namespace: '',
  path: at,
});

test.each<[string, string, string[], FlowRequest]>([
  ['exempt', 'root', ['system:masters'], POD],
  ['probes', 'jane', ['system:authenticated'], path('/healthz')],
  ['probes', 'jane', ['system:authenticated'], path('/livez/ping')],
  ['global-default', 'jane', ['system:authenticated'], path('/healthzy')],
  ['system-leader-election', 'system:serviceaccount:kube-system:x', ['system:serviceaccounts'], LEASE],
  ['kube-system-service-accounts', 'system:serviceaccount:kube-system:x', ['system:serviceaccounts'], POD],
  ['service-accounts', 'system:serviceaccount:kube-systems:x', ['system:serviceaccounts'], LEASE],
  [
    'system-node-high',
    'system:node:n',
    ['system:nodes'],
    { ...POD, resource: 'nodes', subresource: 'status', namespace: '' },
  ],
  ['system-nodes', 'system:node:n', ['system:nodes'], POD],
  ['kube-scheduler', 'system:kube-scheduler', ['system:authenticated'], POD],
  ['global-default', 'jane', ['system:authenticated'], POD],
])('%s', (name, user, groups, request) => {
  expect(schemaOf(user, groups, request)).toBe(name);
});

test('a rule without cluster scope is not for requests outside of namespaces', () => {
  const rule = {
    subjects: [],
    resourceRules: [{ verbs: ['list'], apiGroups: [''], resources: ['pods'], namespaces: ['default'] }],
  };
  expect(matchesRule(rule, POD)).toBe(true);
  expect(matchesRule(rule, { ...POD, namespace: '' })).toBe(false);
  expect(matchesRule(rule, { ...POD, subresource: 'log' })).toBe(false);
});
