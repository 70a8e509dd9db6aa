import type { Detail } from '../../../kube/scheduling/advice.ts';
import { type InsufficientResource, insufficientResources, type NodeCapacity } from '../../../kube/scheduling/fit.ts';
import { NO_RESOURCES, podRequests, type Resources } from '../../../kube/scheduling/requests.ts';
import type { PodSpec } from '../../../kube/types.ts';
import { NodeInfo } from '../cache/node-info.ts';
import type { NodeFacts, PodInfo } from '../cache/projections.ts';
import type { Snapshot } from '../cache/snapshot.ts';
import { classOfResource } from '../devices/device-classes.ts';
import { DEFAULT_ARGS, type NodeResourcesFitArgs } from '../framework/arguments.ts';
import type { CycleState } from '../framework/cycle-state.ts';
import type { Plugin } from '../framework/interface.ts';
import type { Rejection } from '../framework/rejection.ts';
import { Allocations, amount, scorerOf } from './common/resource-scores.ts';

/** The pod as it is scored. */
const SCORED = 'NodeResourcesFit';
const PREFERS = {
  LeastAllocated: 'leastAllocated',
  MostAllocated: 'mostAllocated',
  RequestedToCapacityRatio: 'ratio',
};
const NO_ROOM: NodeCapacity = { allocatable: NO_RESOURCES, allowedPodNumber: 0 };

/** Enough room on the node; of those with room, by default, the least allocated (`noderesources/fit.go`). */
export function nodeResourcesFit({
  ignoredResources = [],
  ignoredResourceGroups = [],
  scoringStrategy,
}: NodeResourcesFitArgs): Plugin {
  const allocations = new Allocations(scoringStrategy.resources, true);
  const scorer = scorerOf(scoringStrategy);
  const isIgnored = (name: string): boolean =>
    isExtended(name) && (ignoredResources.includes(name) || ignoredResourceGroups.includes(name.split('/')[0] ?? ''));
  return {
    name: 'NodeResourcesFit',
    prefers: PREFERS[scoringStrategy.type],
    wakesOn: ['node-added', 'node-allocatable', 'pod-removed', 'pod-scaled-down'],
    hint({ info }, { event, node, pod }, snapshot) {
      if (event === 'pod-scaled-down') return !pod?.before || !pod.after || isLess(info, pod.after, pod.before);
      if (!node?.after) return true;
      const empty = new NodeInfo(node.after.name);
      empty.facts = node.after;
      if (fits(info, empty, snapshot, isIgnored)) return false;
      return !node.before || isMore(info, node.after, node.before, snapshot);
    },
    // Other resources may be devices of a class, and requests of the whole pod are not scored.
    sign: ({ spec }, { requests, nonZeroRequests }) =>
      requests.scalar || spec?.resources ? undefined : [requests, nonZeroRequests],
    filter: ({ info, snapshot }, node) => fits(info, node, snapshot, isIgnored),
    preScore(cycle) {
      if (cycle.pod.spec?.resources) cycle.set(SCORED, ofContainers(cycle));
      return undefined;
    },
    score: (cycle, node) => scorer(allocations.of(cycle.get<PodInfo>(SCORED) ?? cycle.info, node)),
  };
}

/** Requests of a pod as a whole do not count here: upstream's scorer is never told of them. */
function ofContainers({ pod, info }: CycleState): PodInfo {
  const { resources: _, ...spec } = pod.spec as PodSpec;
  const parts = { ...pod, spec };
  return { ...info, requests: podRequests(parts), nonZeroRequests: podRequests(parts, { defaults: true }) };
}

export const NodeResourcesFit = nodeResourcesFit(DEFAULT_ARGS.NodeResourcesFit);

/** Whether a pod gave back some of what another one asks for. */
function isLess({ requests }: PodInfo, after: PodInfo, before: PodInfo): boolean {
  return namesOf(requests).some((name) => amount(after.requests, name) < amount(before.requests, name));
}

/** Whether a node has more of what a pod asks for, or may have it as devices. */
function isMore({ requests }: PodInfo, after: NodeFacts, before: NodeFacts, snapshot: Snapshot): boolean {
  if (after.allowedPodNumber > before.allowedPodNumber) return true;
  return namesOf(requests).some((name) => {
    const now = amount(after.allocatable, name);
    return now > amount(before.allocatable, name) || (now === 0 && classOfResource(name, snapshot) !== undefined);
  });
}

function namesOf(requests: Resources): string[] {
  const names = ['cpu', 'memory', 'ephemeral-storage', ...Object.keys(requests.scalar ?? {})];
  return names.filter((name) => amount(requests, name) > 0);
}

/** A resource of a domain that is none of Kubernetes' own (`IsExtendedResourceName`). */
function isExtended(name: string): boolean {
  return name.includes('/') && !name.includes('kubernetes.io/') && !name.startsWith('requests.');
}

function fits(
  { requests }: PodInfo,
  node: NodeInfo,
  snapshot: Snapshot,
  isIgnored: (name: string) => boolean,
): Rejection | undefined {
  const all = insufficientResources(requests, node.requested, node.facts ?? NO_ROOM);
  // DynamicResources judges extended resources that are devices.
  const isElsewhere = (resource: string, capacity: number): boolean =>
    capacity === 0 && !!classOfResource(resource, snapshot);
  const lacking =
    all?.filter(({ resource, capacity }) => !isIgnored(resource) && !isElsewhere(resource, capacity)) ?? [];
  if (lacking.length === 0) return undefined;
  return {
    // Not even an empty node would do.
    unresolvable: lacking.some(({ resource, requested, capacity }) => resource !== 'pods' && requested > capacity),
    reasons: lacking.map(({ resource }) => (resource === 'pods' ? 'Too many pods' : `Insufficient ${resource}`)),
    details: (most) => lacking.slice(0, most).map(describeLack),
  };
}

function describeLack({ resource, requested, used, capacity }: InsufficientResource): Detail {
  if (resource === 'pods') return { code: 'pods', used, all: capacity };
  const text = (amount: number) => amountText(resource, amount);
  return { code: 'asks', asked: text(requested), free: text(Math.max(0, capacity - used)), all: text(capacity) };
}

/** In units that people use, with one place behind the point, or two for a small number. */
function amountText(resource: string, amount: number): string {
  const round = (value: number) => String(Number(value.toFixed(value < 10 ? 2 : 1)));
  if (resource === 'cpu') return round(amount / 1000);
  if (resource !== 'memory' && resource !== 'ephemeral-storage' && !resource.startsWith('hugepages-')) {
    return String(amount);
  }
  const units = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
  const power = Math.min(units.length - 1, amount < 1024 ? 0 : Math.floor(Math.log2(amount) / 10));
  return `${round(amount / 1024 ** power)}${units[power]}`;
}
