/**
 * The APIServices that the API server registers for the groups that it serves itself (upstream
 * `cmd/kube-apiserver/app/aggregator.go`, `pkg/controlplane/apiserver/aggregator.go`,
 * `pkg/controlplane/controller/crdregistration`, kube-aggregator `pkg/controllers/autoregister`).
 */
import { sameJson } from '../../machinery/equality.ts';
import type { APIService } from '../../types.ts';
import type { KindDescriptor } from '../define.ts';
import { isServedHere } from './conditions.ts';

export const API_SERVICES = 'apiservices.apiregistration.k8s.io';
export const AUTO_MANAGED = 'kube-aggregator.kubernetes.io/automanaged';

/** The Metrics API, which gives way to an APIService of a user's. */
export const METRICS_API = 'v1beta1.metrics.k8s.io';

/** Of a group among all, and of a version in its group. */
type Priorities = readonly [group: number, version: number];

/** By group version. A group that is not here is given no APIService, as that of APIServices itself. */
const PRIORITIES: Readonly<Record<string, Priorities>> = {
  v1: [18000, 1],
  'apps/v1': [17800, 15],
  'events.k8s.io/v1': [17750, 15],
  'authentication.k8s.io/v1': [17700, 15],
  'authorization.k8s.io/v1': [17600, 15],
  'autoscaling/v1': [17500, 15],
  'autoscaling/v2': [17500, 30],
  'batch/v1': [17400, 15],
  'certificates.k8s.io/v1': [17300, 15],
  'networking.k8s.io/v1': [17200, 15],
  'policy/v1': [17100, 15],
  'rbac.authorization.k8s.io/v1': [17000, 15],
  'storage.k8s.io/v1': [16800, 15],
  'apiextensions.k8s.io/v1': [16700, 15],
  'admissionregistration.k8s.io/v1': [16700, 15],
  'scheduling.k8s.io/v1': [16600, 15],
  'coordination.k8s.io/v1': [16500, 15],
  'node.k8s.io/v1': [16300, 15],
  'discovery.k8s.io/v1': [16200, 15],
  'resource.k8s.io/v1': [16200, 21],
  'flowcontrol.apiserver.k8s.io/v1': [16100, 21],
  // The priorities of metrics-server's own APIService.
  'metrics.k8s.io/v1beta1': [100, 100],
};

const OF_DEFINITIONS: Priorities = [1000, 100];

/** The priority among groups of one that this server answers for. */
export function groupPriority(group: string): number {
  if (group === 'apiregistration.k8s.io') return HIGHEST;
  for (const [apiVersion, [priority]] of Object.entries(PRIORITIES)) {
    if (apiVersion.startsWith(`${group}/`)) return priority;
  }
  return OF_DEFINITIONS[0];
}

const HIGHEST = 20_000;

/**
 * How the server manages an APIService: `onstart` are those of built-in kinds, which are made as the server starts and
 * then left to users; `true` are those of definitions, which are kept up.
 */
export type Management = 'onstart' | 'true';

type GroupVersion = Pick<KindDescriptor, 'group' | 'version' | 'apiVersion'>;

export function nameOf({ group, version }: GroupVersion): string {
  return `${version}.${group}`;
}

/** By name, of the built-in group versions. */
export function localServices(kinds: readonly GroupVersion[]): Map<string, APIService> {
  return new Map(
    kinds.flatMap((kind) => {
      const priorities = PRIORITIES[kind.apiVersion];
      return priorities ? [[nameOf(kind), localService(kind, priorities, 'onstart')] as const] : [];
    }),
  );
}

export function serviceOfDefinition(kind: GroupVersion): APIService {
  return localService(kind, OF_DEFINITIONS, 'true');
}

function localService(kind: GroupVersion, priorities: Priorities, management: Management): APIService {
  const { group, version } = kind;
  return {
    kind: 'APIService',
    apiVersion: 'apiregistration.k8s.io/v1',
    metadata: { name: nameOf(kind), labels: { [AUTO_MANAGED]: management } },
    spec: {
      ...(group === '' ? {} : { group }),
      version,
      groupPriorityMinimum: priorities[0],
      versionPriority: priorities[1],
    },
  } as APIService;
}

export type Step = 'create' | 'update' | 'delete' | 'none';

/** `checkAPIService`. `isStart`: the server has just begun, and looks after those that are made then. */
export function registrationStep(
  current: APIService | undefined,
  desired: APIService | undefined,
  isStart: boolean,
): Step {
  const management = desired && managementOf(desired);
  if (!current) return desired && (isStart || management === 'true') ? 'create' : 'none';
  const present = managementOf(current);
  if (!present || (present === 'onstart' && !isStart)) return 'none';
  if (current.metadata.name === METRICS_API && !isServedHere(current)) return 'none';
  if (!desired) return 'delete';
  return sameJson(current.spec, desired.spec) ? 'none' : 'update';
}

function managementOf({ metadata }: APIService): Management | undefined {
  const value = metadata.labels?.[AUTO_MANAGED];
  return value === 'true' || value === 'onstart' ? value : undefined;
}
