/**
 * What the cluster's own controllers and scheduler may do: a role each, cut to what it needs
 * (upstream `plugin/pkg/auth/authorizer/rbac/bootstrappolicy/controller_policy.go`). RBAC objects are not read yet.
 */
import type { Authority, Rule } from './attributes.ts';
import { ruleAllows } from './attributes.ts';

const READ = ['get', 'list', 'watch'];
const EVENTS: Rule = { verbs: ['create', 'patch', 'update'], groups: ['', 'events.k8s.io'], resources: ['events'] };
const ALL = ['*'];

const rule = (verbs: readonly string[], groups: readonly string[], ...resources: string[]): Rule => ({
  verbs,
  groups,
  resources,
});

const GARBAGE: Rule[] = [rule(['get', 'list', 'watch', 'patch', 'update', 'delete'], ALL, '*'), EVENTS];
const NODE_LIFECYCLE: Rule[] = [
  rule([...READ, 'create', 'update', 'delete', 'patch'], [''], 'nodes'),
  rule(['update', 'patch'], [''], 'nodes/status', 'pods/status'),
  rule([...READ, 'delete'], [''], 'pods'),
  rule([...READ, 'create', 'update', 'patch', 'delete'], ['coordination.k8s.io'], 'leases'),
  EVENTS,
];
const ENDPOINT_SLICES: Rule[] = [
  rule(READ, [''], 'services', 'pods', 'nodes'),
  rule(['update'], [''], 'services/finalizers'),
  rule([...READ, 'create', 'update', 'patch', 'delete'], ['discovery.k8s.io'], 'endpointslices'),
  EVENTS,
];
const SERVICE_ACCOUNTS: Rule[] = [
  rule(READ, [''], 'namespaces'),
  rule([...READ, 'create'], [''], 'serviceaccounts'),
  EVENTS,
];
const ROOT_CA: Rule[] = [
  rule(READ, [''], 'namespaces'),
  rule([...READ, 'create', 'update', 'patch'], [''], 'configmaps'),
  EVENTS,
];

/** By the name behind `system:serviceaccount:kube-system:`. */
const ROLES: Readonly<Record<string, readonly Rule[]>> = {
  'deployment-controller': [
    rule([...READ, 'update', 'patch'], ['apps'], 'deployments'),
    rule(['update', 'patch'], ['apps'], 'deployments/status', 'deployments/finalizers'),
    rule([...READ, 'create', 'update', 'patch', 'delete'], ['apps'], 'replicasets'),
    rule([...READ, 'update'], [''], 'pods'),
    EVENTS,
  ],
  'replicaset-controller': [
    rule([...READ, 'update', 'patch'], ['apps'], 'replicasets'),
    rule(['update', 'patch'], ['apps'], 'replicasets/status', 'replicasets/finalizers'),
    rule([...READ, 'create', 'delete', 'patch'], [''], 'pods'),
    EVENTS,
  ],
  'replication-controller': [
    rule([...READ, 'update', 'patch'], [''], 'replicationcontrollers'),
    rule(['update', 'patch'], [''], 'replicationcontrollers/status', 'replicationcontrollers/finalizers'),
    rule([...READ, 'create', 'delete', 'patch'], [''], 'pods'),
    EVENTS,
  ],
  'namespace-controller': [
    rule([...READ, 'delete'], [''], 'namespaces'),
    rule(['update', 'patch'], [''], 'namespaces/finalize', 'namespaces/status'),
    rule([...READ, 'delete', 'deletecollection'], ALL, '*'),
  ],
  'garbage-collector-controller': GARBAGE,
  'generic-garbage-collector': GARBAGE,
  'node-controller': NODE_LIFECYCLE,
  'node-lifecycle-controller': NODE_LIFECYCLE,
  'taint-eviction-controller': NODE_LIFECYCLE,
  'pod-garbage-collector': [rule([...READ, 'delete'], [''], 'pods'), rule(['patch'], [''], 'pods/status'), EVENTS],
  'pod-garbage-collector-controller': [
    rule([...READ, 'delete'], [''], 'pods'),
    rule(['patch'], [''], 'pods/status'),
    EVENTS,
  ],
  'disruption-controller': [
    rule(READ, [''], 'pods', 'replicationcontrollers'),
    rule(READ, ['apps'], 'deployments', 'replicasets', 'statefulsets'),
    rule(READ, ['policy'], 'poddisruptionbudgets'),
    rule(['update', 'patch'], ['policy'], 'poddisruptionbudgets/status'),
    EVENTS,
  ],
  'endpoint-controller': [
    rule(READ, [''], 'services', 'pods'),
    rule([...READ, 'create', 'update', 'delete'], [''], 'endpoints'),
    EVENTS,
  ],
  'endpointslice-controller': ENDPOINT_SLICES,
  'endpointslicemirroring-controller': [
    rule(READ, [''], 'services', 'endpoints'),
    rule(['update'], [''], 'services/finalizers', 'endpoints/finalizers'),
    rule([...READ, 'create', 'update', 'patch', 'delete'], ['discovery.k8s.io'], 'endpointslices'),
    EVENTS,
  ],
  'service-account-controller': SERVICE_ACCOUNTS,
  'serviceaccount-controller': SERVICE_ACCOUNTS,
  'system-objects-controller': [
    rule([...READ, 'create'], [''], 'services', 'namespaces'),
    rule([...READ, 'create'], ['scheduling.k8s.io'], 'priorityclasses'),
    EVENTS,
  ],
  'root-ca-cert-publisher': ROOT_CA,
  'root-ca-certificate-publisher-controller': ROOT_CA,
};

const SCHEDULER: readonly Rule[] = [
  rule([...READ, 'delete'], [''], 'pods'),
  rule(['create'], [''], 'bindings', 'pods/binding'),
  rule(['update', 'patch'], [''], 'pods/status'),
  rule(READ, ['', 'apps', 'policy', 'storage.k8s.io', 'scheduling.k8s.io'], '*'),
  rule([...READ, 'create', 'update', 'patch'], ['coordination.k8s.io'], 'leases'),
  EVENTS,
];

const PREFIX = 'system:serviceaccount:kube-system:';

export const controllers: Authority = (attributes) => {
  if (!attributes.isResource) return undefined;
  const rules = rulesOf(attributes.user.name);
  return rules?.some((one) => ruleAllows(one, attributes)) ? 'allow' : undefined;
};

function rulesOf(user: string): readonly Rule[] | undefined {
  if (user === 'system:kube-scheduler') return SCHEDULER;
  if (!user.startsWith(PREFIX)) return undefined;
  const name = user.slice(PREFIX.length);
  return Object.hasOwn(ROLES, name) ? ROLES[name] : undefined;
}
