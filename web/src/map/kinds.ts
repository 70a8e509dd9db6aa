/** The kinds that the map shows, from what leads to what is led to. Kinds of definitions stand before all of them. */
import { type ApiResource, groupResource } from '../api/discovery.ts';

export interface MapKind {
  /** As kubectl names it: `deployments.apps`. */
  resource: string;
  /** Names and owners are enough of it: contents of Secrets are not sent to the page. */
  bare?: true;
  /** It is shown without links, too. */
  alone?: true;
  /** The kind is watched while it is hidden, too: links of owners pass through it. */
  passes?: true;
}

const KINDS: readonly MapKind[] = [
  { resource: 'ingresses.networking.k8s.io', alone: true },
  { resource: 'horizontalpodautoscalers.autoscaling', alone: true },
  { resource: 'networkpolicies.networking.k8s.io', alone: true },
  { resource: 'poddisruptionbudgets.policy', alone: true },
  { resource: 'services', alone: true },
  { resource: 'cronjobs.batch', alone: true },
  { resource: 'deployments.apps', alone: true, passes: true },
  { resource: 'statefulsets.apps', alone: true, passes: true },
  { resource: 'daemonsets.apps', alone: true, passes: true },
  { resource: 'replicationcontrollers', alone: true, passes: true },
  { resource: 'replicasets.apps', alone: true, passes: true },
  { resource: 'jobs.batch', alone: true, passes: true },
  { resource: 'endpointslices.discovery.k8s.io' },
  { resource: 'pods', alone: true, passes: true },
  { resource: 'serviceaccounts', bare: true },
  { resource: 'configmaps', bare: true },
  { resource: 'secrets', bare: true },
  { resource: 'persistentvolumeclaims', alone: true },
  { resource: 'persistentvolumes' },
  { resource: 'storageclasses.storage.k8s.io', bare: true },
  { resource: 'nodes' },
];

const byName = new Map(KINDS.map((kind, rank) => [kind.resource, { ...kind, rank }]));

/** The kinds that are hidden until a person chooses them: a node ties everything to everything. */
export const HIDDEN_AT_FIRST: readonly string[] = ['nodes'];

/** Workloads that the map can be narrowed down to. */
export const WORKLOADS: readonly string[] = [
  'deployments.apps',
  'statefulsets.apps',
  'daemonsets.apps',
  'cronjobs.batch',
  'jobs.batch',
];

export function kindOfMap(resource: string): MapKind | undefined {
  return byName.get(resource);
}

/** Kinds of definitions come first. */
export function rankOf(resource: string): number {
  return byName.get(resource)?.rank ?? -1;
}

/** Custom kinds that are watched; an owner of a further one is known by its reference alone. */
const MOST_CUSTOM = 24;
const OF_KUBERNETES = /^$|^(apps|batch|autoscaling|policy|extensions)$|\.k8s\.io$/;

/** Whether the map has its objects. */
export function isOnMap(kind: Pick<ApiResource, 'group' | 'plural'>): boolean {
  return byName.has(groupResource(kind)) || !OF_KUBERNETES.test(kind.group);
}

/** The kinds to be watched: those of the map, and those of definitions, first of all the one that is asked `about`. */
export function watchedKinds(
  kinds: readonly ApiResource[],
  hidden: ReadonlySet<string>,
  about?: string,
): ApiResource[] {
  const watchable = kinds.filter(({ verbs }) => verbs.includes('list') && verbs.includes('watch'));
  const known = watchable.filter((kind) => {
    const name = groupResource(kind);
    return byName.has(name) && (byName.get(name)?.passes || !hidden.has(name));
  });
  const custom = watchable.filter((kind) => !OF_KUBERNETES.test(kind.group) && !hidden.has(groupResource(kind)));
  custom.sort((a, b) => Number(groupResource(b) === about) - Number(groupResource(a) === about));
  return [...known, ...custom.slice(0, MOST_CUSTOM)];
}
