/**
 * What the server itself says in `metadata` (apiserver `pkg/registry/rest/create.go`, `update.go`).
 * The rules that clients must keep to are in `kube/kinds/metadata.ts`.
 */
import type { KindDescriptor } from '../../../kube/kinds/define.ts';
import { sameJson } from '../../../kube/machinery/equality.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { rfc3339 } from '../../../kube/machinery/time.ts';

/** Kinds whose `metadata.generation` counts changes of what is wanted. */
const WITH_GENERATION: ReadonlySet<string> = new Set([
  'pods',
  'podtemplates',
  'replicationcontrollers',
  'deployments.apps',
  'replicasets.apps',
  'statefulsets.apps',
  'daemonsets.apps',
  'jobs.batch',
  'cronjobs.batch',
  'poddisruptionbudgets.policy',
  'endpointslices.discovery.k8s.io',
  'priorityclasses.scheduling.k8s.io',
  'ingressclasses.networking.k8s.io',
  'ingresses.networking.k8s.io',
  'networkpolicies.networking.k8s.io',
  'flowschemas.flowcontrol.apiserver.k8s.io',
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io',
]);

/** What of metadata counts as wanted: a deployment's annotations are copied to its ReplicaSets. */
const COUNTED_METADATA: Readonly<Record<string, 'annotations' | 'labels'>> = {
  'deployments.apps': 'annotations',
  'endpointslices.discovery.k8s.io': 'labels',
};

/** A node brings its first status along. */
const STATUS_ON_CREATE: ReadonlySet<string> = new Set(['nodes']);

export function hasStatus(kind: KindDescriptor): boolean {
  return kind.subresources.status === true;
}

/** `metadata` of a new object: what a client may not choose is chosen here. */
export function fillNewMetadata(kind: KindDescriptor, object: KubeObject, uid: string, now: number): void {
  const { metadata } = object;
  metadata.uid = uid;
  metadata.creationTimestamp = rfc3339(now);
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  delete metadata.generation;
  if (WITH_GENERATION.has(kind.resource)) metadata.generation = 1;
  if (hasStatus(kind) && !STATUS_ON_CREATE.has(kind.resource)) delete object.status;
}

const KEPT = ['name', 'generateName', 'generation', 'deletionTimestamp', 'deletionGracePeriodSeconds'] as const;

/** What an update leaves as it was. Call {@link bumpGeneration} once the object is complete. */
export function keepMetadata(object: KubeObject, old: KubeObject): void {
  const [next, before] = [object.metadata, old.metadata];
  next.creationTimestamp ??= before.creationTimestamp;
  next.uid ||= before.uid;
  for (const field of KEPT) {
    const value = before[field];
    // A key without a value would count as a change to managedFields.
    if (value !== undefined) Object.assign(next, { [field]: value });
    else if (field in next) delete next[field];
  }
}

export function bumpGeneration(kind: KindDescriptor, object: KubeObject, old: KubeObject): void {
  if (!WITH_GENERATION.has(kind.resource)) return;
  const also = COUNTED_METADATA[kind.resource];
  const changed =
    !sameJson(wanted(object), wanted(old)) ||
    (also !== undefined && !sameJson(object.metadata[also] ?? {}, old.metadata[also] ?? {}));
  object.metadata.generation = (old.metadata.generation ?? 0) + (changed ? 1 : 0);
}

/** All but metadata and status. */
function wanted({ metadata: _, status: __, ...rest }: KubeObject): unknown {
  return rest;
}
