/** Pods and what they ask for (`pkg/quota/v1/evaluator/core/pods.go`). */

import { qosClass } from '../../kinds/core/pod-spec/qos.ts';
import { isExtendedName, isHugePages, isHugePagesOfQuota, isNative } from '../../kinds/core/pod-spec/resources.ts';
import type { Quantity } from '../../machinery/quantity.ts';
import { timeOf } from '../../machinery/time.ts';
import { isTerminal } from '../../pod-lifecycle/index.ts';
import type { Affinity, Pod } from '../../types.ts';
import { ONE, readUsage, type Usage } from '../usage.ts';
import { countOf } from './counts.ts';
import { type Evaluator, type ScopeRequirement, selects } from './evaluator.ts';
import { hasPodLevelResources, podLimits, podRequests } from './pod-resources.ts';

const COUNT = countOf('pods');
const COMPUTE = ['cpu', 'memory', 'ephemeral-storage'] as const;
const NAMES: ReadonlySet<string> = new Set([
  COUNT,
  'pods',
  ...COMPUTE,
  ...COMPUTE.flatMap((name) => [`requests.${name}`, `limits.${name}`]),
]);
/** A quota of these makes every container name them. */
const REQUIRED: ReadonlySet<string> = new Set(
  ['cpu', 'memory'].flatMap((name) => [name, `requests.${name}`, `limits.${name}`]),
);
const DEVICES = 'deviceclass.resource.kubernetes.io/';

export const pods: Evaluator = {
  isCount: false,
  matches: (name) => NAMES.has(name) || isHugePages(name) || isHugePagesOfQuota(name) || isExtendedOfQuota(name),
  usage(object, now) {
    const pod = object as unknown as Pod;
    // A pod that has ended is an object still, and needs nothing.
    const usage = new Map([[COUNT, ONE]]);
    if (isTerminal(pod) || (now !== undefined && isStuck(pod, now))) return usage;
    usage.set('pods', ONE);
    addCompute(usage, podRequests(pod), podLimits(pod));
    return usage;
  },
  isOver: (object, now) => !isTerminal(object as unknown as Pod) && isStuck(object as unknown as Pod, now),
  matchesScope: (scope, object) => matchesScope(scope, object as unknown as Pod),
  unmet: (required, object) => unmet(required, object as unknown as Pod),
  handles({ operation, subresource, object, old }) {
    if (subresource === 'resize') return operation === 'UPDATE';
    if (subresource !== '') return false;
    return operation === 'CREATE' || isTerminating(object as unknown as Pod) !== isTerminating(old as unknown as Pod);
  },
};

/** The pod should be gone by now: its node is lost, and others may take its place (`QuotaV1Pod`). */
function isStuck({ metadata: { deletionTimestamp, deletionGracePeriodSeconds } }: Pod, now: number): boolean {
  if (!deletionTimestamp || deletionGracePeriodSeconds === undefined) return false;
  return now > freedAt(deletionTimestamp, deletionGracePeriodSeconds);
}

/** The time at which a pod that stays on uses nothing any more, in milliseconds since the epoch. */
export function freedAt(deletionTimestamp: string, graceSeconds: number): number {
  return timeOf(deletionTimestamp) + graceSeconds * 1000;
}

function isExtendedOfQuota(name: string): boolean {
  return name.startsWith('requests.') && (!isNative(name) || name.startsWith(`requests.${DEVICES}`));
}

/** `podComputeUsageHelper` */
function addCompute(usage: Map<string, Quantity>, requests: Usage, limits: Usage): void {
  for (const name of COMPUTE) {
    const [request, limit] = [requests.get(name), limits.get(name)];
    if (request) usage.set(name, request).set(`requests.${name}`, request);
    if (limit) usage.set(`limits.${name}`, limit);
  }
  for (const [name, request] of requests) {
    if (isHugePages(name)) usage.set(name, request).set(`requests.${name}`, request);
    else if (isExtendedName(name) || name.startsWith(DEVICES)) usage.set(`requests.${name}`, request);
  }
}

function unmet(required: readonly string[], { spec }: Pod): string | undefined {
  const names = required.filter((name) => REQUIRED.has(name)).sort();
  if (names.length === 0 || hasPodLevelResources(spec)) return undefined;
  const missing = new Map<string, Set<string>>();
  for (const { name, resources } of [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])]) {
    const own = new Map<string, Quantity>();
    addCompute(own, readUsage(resources?.requests), readUsage(resources?.limits));
    for (const one of names) if (!own.has(one)) missing.set(one, (missing.get(one) ?? new Set()).add(name));
  }
  if (missing.size === 0) return undefined;
  const texts = names.flatMap((name) => {
    const containers = missing.get(name);
    return containers ? [`${name} for: ${[...containers].sort().join(',')}`] : [];
  });
  return `must specify ${texts.join('; ')}`;
}

function isTerminating(pod: Pod | undefined): boolean {
  return (pod?.spec?.activeDeadlineSeconds ?? -1) >= 0;
}

function isBestEffort({ spec, status }: Pod): boolean {
  return (status?.qosClass || qosClass(spec)) === 'BestEffort';
}

function matchesScope(scope: ScopeRequirement, pod: Pod): boolean {
  switch (scope.scopeName) {
    case 'Terminating':
      return isTerminating(pod);
    case 'NotTerminating':
      return !isTerminating(pod);
    case 'BestEffort':
      return isBestEffort(pod);
    case 'NotBestEffort':
      return !isBestEffort(pod);
    case 'PriorityClass':
      return selects(scope, pod.spec?.priorityClassName || undefined);
    case 'CrossNamespacePodAffinity':
      return crossesNamespaces(pod.spec?.affinity);
    default:
      return false;
  }
}

function crossesNamespaces(affinity: Affinity | undefined): boolean {
  return [affinity?.podAffinity, affinity?.podAntiAffinity].some((one) => {
    const required = one?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    const preferred = one?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    return [...required, ...preferred.map(({ podAffinityTerm }) => podAffinityTerm)].some(
      (term) => (term?.namespaces?.length ?? 0) > 0 || term?.namespaceSelector !== undefined,
    );
  });
}
