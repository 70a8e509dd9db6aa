/** Where a kind stands in the navigation. */
import { type ApiResource, groupResource } from '../../api/discovery.ts';

export const GROUPS = ['workloads', 'network', 'config', 'storage', 'access', 'cluster', 'custom'] as const;
export type GroupName = (typeof GROUPS)[number];

/** In the order in which they are shown; what a group has beyond these follows by name. */
const PLACES: Readonly<Record<Exclude<GroupName, 'custom'>, readonly string[]>> = {
  workloads: [
    'pods',
    'deployments.apps',
    'statefulsets.apps',
    'daemonsets.apps',
    'jobs.batch',
    'cronjobs.batch',
    'replicasets.apps',
    'horizontalpodautoscalers.autoscaling',
    'poddisruptionbudgets.policy',
    'replicationcontrollers',
    'controllerrevisions.apps',
    'podtemplates',
  ],
  network: [
    'services',
    'ingresses.networking.k8s.io',
    'networkpolicies.networking.k8s.io',
    'endpointslices.discovery.k8s.io',
    'endpoints',
    'ingressclasses.networking.k8s.io',
    'ipaddresses.networking.k8s.io',
    'servicecidrs.networking.k8s.io',
  ],
  config: ['configmaps', 'secrets', 'resourcequotas', 'limitranges', 'priorityclasses.scheduling.k8s.io'],
  storage: [
    'persistentvolumeclaims',
    'persistentvolumes',
    'storageclasses.storage.k8s.io',
    'volumeattachments.storage.k8s.io',
  ],
  access: [
    'serviceaccounts',
    'roles.rbac.authorization.k8s.io',
    'rolebindings.rbac.authorization.k8s.io',
    'clusterroles.rbac.authorization.k8s.io',
    'clusterrolebindings.rbac.authorization.k8s.io',
    'certificatesigningrequests.certificates.k8s.io',
  ],
  cluster: ['nodes', 'namespaces', 'events', 'customresourcedefinitions.apiextensions.k8s.io'],
};

/** The groups that a cluster serves by itself; kinds of all others came with a definition or an APIService. */
const BUILT_IN: Readonly<Record<string, GroupName>> = {
  '': 'config',
  apps: 'workloads',
  batch: 'workloads',
  autoscaling: 'workloads',
  policy: 'workloads',
  'admissionregistration.k8s.io': 'cluster',
  'apiextensions.k8s.io': 'cluster',
  'apiregistration.k8s.io': 'cluster',
  'certificates.k8s.io': 'access',
  'coordination.k8s.io': 'cluster',
  'discovery.k8s.io': 'network',
  'events.k8s.io': 'cluster',
  'flowcontrol.apiserver.k8s.io': 'cluster',
  'internal.apiserver.k8s.io': 'cluster',
  'metrics.k8s.io': 'cluster',
  'networking.k8s.io': 'network',
  'node.k8s.io': 'cluster',
  'rbac.authorization.k8s.io': 'access',
  'resource.k8s.io': 'cluster',
  'scheduling.k8s.io': 'config',
  'storage.k8s.io': 'storage',
  'storagemigration.k8s.io': 'cluster',
};

const placeOf = new Map(
  Object.entries(PLACES).flatMap(([group, names]) =>
    names.map((name, index): [string, { group: GroupName; index: number }] => [
      name,
      { group: group as GroupName, index },
    ]),
  ),
);

/** The same objects are shown as `events` of the core group. */
const DOUBLES = ['events.events.k8s.io'];

export function groupOf(resource: ApiResource): GroupName {
  return placeOf.get(groupResource(resource))?.group ?? BUILT_IN[resource.group] ?? 'custom';
}

export interface KindGroup {
  name: GroupName;
  kinds: readonly ApiResource[];
}

/** Kinds that can be listed; groups with none are left out. */
export function groupKinds(resources: readonly ApiResource[]): KindGroup[] {
  const listed = resources.filter(({ verbs }) => verbs.includes('list'));
  const shown = listed.filter((resource) => !DOUBLES.includes(groupResource(resource)));
  const place = (resource: ApiResource) => placeOf.get(groupResource(resource))?.index ?? Number.MAX_SAFE_INTEGER;
  return GROUPS.map((name) => ({
    name,
    kinds: shown
      .filter((resource) => groupOf(resource) === name)
      .sort((a, b) => place(a) - place(b) || a.kind.localeCompare(b.kind) || a.group.localeCompare(b.group)),
  })).filter(({ kinds }) => kinds.length > 0);
}

/** Letters of a singular that its plural may have others for. */
const ENDING = 2;

/** As headings say it: `Pods`, `NetworkPolicies`. Kubernetes has no such word, so it is made of kind and plural. */
export function titleOf({ kind, plural }: Pick<ApiResource, 'kind' | 'plural'>): string {
  const singular = kind.toLowerCase();
  let same = 0;
  while (same < singular.length && singular[same] === plural[same]) same++;
  // `NodeMetrics` are `nodes`, too.
  return kind.length - same > ENDING ? kind : kind.slice(0, same) + plural.slice(same);
}
