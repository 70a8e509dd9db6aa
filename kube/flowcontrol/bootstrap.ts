/**
 * The FlowSchemas and PriorityLevelConfigurations of every cluster (apiserver
 * `pkg/apis/flowcontrol/bootstrap/default.go`). Exempt and catch-all are mandatory: their specs cannot be changed.
 */
import type { KubeObject } from '../machinery/object.ts';
import type { FlowSchema, PriorityLevelConfiguration } from '../types.ts';

export const FLOW_SCHEMAS = 'flowschemas.flowcontrol.apiserver.k8s.io';
export const PRIORITY_LEVELS = 'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io';
export const EXEMPT = 'exempt';
export const CATCH_ALL = 'catch-all';
const AUTO_UPDATE = 'apf.kubernetes.io/autoupdate-spec';

type Spec = NonNullable<FlowSchema['spec']>;
type Rule = NonNullable<Spec['rules']>[number];
type Subject = Rule['subjects'][number];
type LevelSpec = NonNullable<PriorityLevelConfiguration['spec']>;

const apiVersion = 'flowcontrol.apiserver.k8s.io/v1';
const metadata = (name: string) => ({ name, annotations: { [AUTO_UPDATE]: 'true' } });

const group = (name: string): Subject => ({ kind: 'Group', group: { name } });
const user = (name: string): Subject => ({ kind: 'User', user: { name } });
const systemAccounts: Subject = { kind: 'ServiceAccount', serviceAccount: { name: '*', namespace: 'kube-system' } };
const EVERYBODY = [group('system:unauthenticated'), group('system:authenticated')];
const MANAGER = user('system:kube-controller-manager');
const SCHEDULER = user('system:kube-scheduler');
const ANY = ['*'];

const everything = (...subjects: Subject[]): Rule => ({
  subjects,
  resourceRules: [{ verbs: ANY, apiGroups: ANY, resources: ANY, namespaces: ANY, clusterScope: true }],
  nonResourceRules: [{ verbs: ANY, nonResourceURLs: ANY }],
});
const leases = (verbs: string[]) => ({
  verbs,
  apiGroups: ['coordination.k8s.io'],
  resources: ['leases'],
  namespaces: ANY,
});
const nodes = {
  verbs: ANY,
  apiGroups: [''],
  resources: ['nodes', 'nodes/status'],
  namespaces: ANY,
  clusterScope: true,
};

function schema(
  name: string,
  matchingPrecedence: number,
  level: string,
  distinguisher: 'ByUser' | 'ByNamespace' | undefined,
  rule: Rule,
): KubeObject & { spec: Spec } {
  return {
    apiVersion,
    kind: 'FlowSchema',
    metadata: metadata(name),
    spec: {
      priorityLevelConfiguration: { name: level },
      matchingPrecedence,
      ...(distinguisher ? { distinguisherMethod: { type: distinguisher } } : {}),
      rules: [rule],
    },
  };
}

/** `queues` and `handSize` are left out where requests that find no seat are rejected. */
function limited(
  name: string,
  nominalConcurrencyShares: number,
  lendablePercent: number,
  queues?: number,
  handSize?: number,
): KubeObject & { spec: LevelSpec } {
  const limitResponse = queues
    ? { type: 'Queue', queuing: { queues, handSize, queueLengthLimit: 50 } }
    : { type: 'Reject' };
  return {
    apiVersion,
    kind: 'PriorityLevelConfiguration',
    metadata: metadata(name),
    spec: { type: 'Limited', limited: { nominalConcurrencyShares, limitResponse, lendablePercent } },
  };
}

const probes = { verbs: ['get'], nonResourceURLs: ['/healthz', '/readyz', '/livez'] };

/** Lower precedences first. */
export const BOOTSTRAP_FLOW_SCHEMAS = [
  schema(EXEMPT, 1, EXEMPT, undefined, everything(group('system:masters'))),
  schema('probes', 2, EXEMPT, undefined, { subjects: EVERYBODY, nonResourceRules: [probes] }),
  schema('system-leader-election', 100, 'leader-election', 'ByUser', {
    subjects: [MANAGER, SCHEDULER, systemAccounts],
    resourceRules: [leases(['get', 'create', 'update'])],
  }),
  schema('system-node-high', 400, 'node-high', 'ByUser', {
    subjects: [group('system:nodes')],
    resourceRules: [nodes, leases(ANY)],
  }),
  schema('system-nodes', 500, 'system', 'ByUser', everything(group('system:nodes'))),
  schema('kube-controller-manager', 800, 'workload-high', 'ByNamespace', everything(MANAGER)),
  schema('kube-scheduler', 800, 'workload-high', 'ByNamespace', everything(SCHEDULER)),
  schema('kube-system-service-accounts', 900, 'workload-high', 'ByNamespace', everything(systemAccounts)),
  schema('service-accounts', 9000, 'workload-low', 'ByUser', everything(group('system:serviceaccounts'))),
  schema('global-default', 9900, 'global-default', 'ByUser', everything(...EVERYBODY)),
  schema(CATCH_ALL, 10_000, CATCH_ALL, 'ByUser', everything(...EVERYBODY)),
];

export const BOOTSTRAP_PRIORITY_LEVELS: (KubeObject & { spec: LevelSpec })[] = [
  {
    apiVersion,
    kind: 'PriorityLevelConfiguration',
    metadata: metadata(EXEMPT),
    spec: { type: 'Exempt', exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } },
  },
  limited(CATCH_ALL, 5, 0),
  limited('system', 30, 33, 64, 6),
  limited('node-high', 40, 25, 64, 6),
  limited('leader-election', 10, 0, 16, 4),
  limited('workload-high', 40, 50, 128, 6),
  limited('workload-low', 100, 90, 128, 6),
  limited('global-default', 20, 50, 128, 6),
];

const isMandatory = ({ metadata }: KubeObject): boolean => metadata.name === EXEMPT || metadata.name === CATCH_ALL;

/** By name. */
export const MANDATORY_FLOW_SCHEMAS = specsOf(BOOTSTRAP_FLOW_SCHEMAS.filter(isMandatory));
export const MANDATORY_PRIORITY_LEVELS = specsOf(BOOTSTRAP_PRIORITY_LEVELS.filter(isMandatory));

function specsOf<S>(objects: readonly (KubeObject & { spec: S })[]): ReadonlyMap<string, S> {
  return new Map(objects.map(({ metadata, spec }) => [metadata.name ?? '', spec]));
}

export interface DanglingCondition {
  type: 'Dangling';
  status: 'True' | 'False';
  reason: string;
  message: string;
}

/** Whether the priority level that a flow schema names is not there. */
export function danglingCondition(level: string, exists: boolean): DanglingCondition {
  const named = `This FlowSchema references the PriorityLevelConfiguration object named ${JSON.stringify(level)}`;
  return exists
    ? { type: 'Dangling', status: 'False', reason: 'Found', message: `${named} and it exists` }
    : { type: 'Dangling', status: 'True', reason: 'NotFound', message: `${named} but there is no such object` };
}
