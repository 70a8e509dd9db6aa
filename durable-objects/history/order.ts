/** The order in which objects are made, so that each finds what it needs; they go in the opposite one. */
import type { GroupResource } from '../../kube/machinery/resource.ts';

const FIRST: readonly GroupResource[] = [
  'namespaces',
  'customresourcedefinitions.apiextensions.k8s.io',
  'priorityclasses.scheduling.k8s.io',
  'storageclasses.storage.k8s.io',
  'runtimeclasses.node.k8s.io',
  'clusterroles.rbac.authorization.k8s.io',
  'roles.rbac.authorization.k8s.io',
  'clusterrolebindings.rbac.authorization.k8s.io',
  'rolebindings.rbac.authorization.k8s.io',
  'serviceaccounts',
  'secrets',
  'configmaps',
  'limitranges',
  'resourcequotas',
  'persistentvolumes',
  'persistentvolumeclaims',
  'services',
];
const LAST: readonly GroupResource[] = [
  'deployments.apps',
  'statefulsets.apps',
  'daemonsets.apps',
  'replicasets.apps',
  'replicationcontrollers',
  'jobs.batch',
  'cronjobs.batch',
  'pods',
  'poddisruptionbudgets.policy',
  'horizontalpodautoscalers.autoscaling',
  'ingresses.networking.k8s.io',
  'apiservices.apiregistration.k8s.io',
  // Objects that refuse or change others come when the others are there.
  'validatingadmissionpolicies.admissionregistration.k8s.io',
  'validatingadmissionpolicybindings.admissionregistration.k8s.io',
  'mutatingadmissionpolicies.admissionregistration.k8s.io',
  'mutatingadmissionpolicybindings.admissionregistration.k8s.io',
  'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  'validatingwebhookconfigurations.admissionregistration.k8s.io',
];
const RANKS: ReadonlyMap<GroupResource, number> = new Map([
  ...FIRST.map((resource, at) => [resource, at] as const),
  ...LAST.map((resource, at) => [resource, FIRST.length + 1 + at] as const),
]);

/** Kinds that are not named come in the middle: custom resources, mostly. */
export function rankOf(resource: GroupResource): number {
  return RANKS.get(resource) ?? FIRST.length;
}

export const RANK_COUNT = FIRST.length + 1 + LAST.length;
