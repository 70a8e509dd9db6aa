import { insufficientResources, type NodeCapacity } from '../../../kube/scheduling/fit.ts';
import { NO_RESOURCES } from '../../../kube/scheduling/requests.ts';
import { DEFAULT_ARGS, type NodeResourcesFitArgs } from '../arguments.ts';
import { classOfResource } from '../devices/device-classes.ts';
import type { Plugin, Rejection } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import type { PodInfo } from '../projections.ts';
import { allocations, scorerOf } from '../resource-scores.ts';
import type { Snapshot } from '../snapshot.ts';

const NO_ROOM: NodeCapacity = { allocatable: NO_RESOURCES, allowedPodNumber: 0 };

/** Enough room on the node; of those with room, by default, the least allocated (`noderesources/fit.go`). */
export function nodeResourcesFit({
  ignoredResources = [],
  ignoredResourceGroups = [],
  scoringStrategy,
}: NodeResourcesFitArgs): Plugin {
  const { resources } = scoringStrategy;
  const scorer = scorerOf(scoringStrategy);
  const isIgnored = (name: string): boolean =>
    isExtended(name) && (ignoredResources.includes(name) || ignoredResourceGroups.includes(name.split('/')[0] ?? ''));
  return {
    name: 'NodeResourcesFit',
    wakesOn: ['node-added', 'node-allocatable', 'pod-removed'],
    filter: ({ info, snapshot }, node) => fits(info, node, snapshot, isIgnored),
    score: ({ info }, node) => scorer(allocations(resources, info, node, true)),
  };
}

export const NodeResourcesFit = nodeResourcesFit(DEFAULT_ARGS.NodeResourcesFit);

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
  // What comes as devices is seen to where devices are.
  const isElsewhere = (resource: string, capacity: number): boolean =>
    capacity === 0 && !!classOfResource(resource, snapshot);
  const lacking =
    all?.filter(({ resource, capacity }) => !isIgnored(resource) && !isElsewhere(resource, capacity)) ?? [];
  if (lacking.length === 0) return undefined;
  return {
    // Not even an empty node would do.
    unresolvable: lacking.some(({ resource, requested, capacity }) => resource !== 'pods' && requested > capacity),
    reasons: lacking.map(({ resource }) => (resource === 'pods' ? 'Too many pods' : `Insufficient ${resource}`)),
  };
}
