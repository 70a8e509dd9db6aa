/**
 * The objects that people wished for, and the part of each that they wished: a rewind brings it back, and an export tells
 * (docs/decisions/2026-11-28-a-rewind-brings-back-wishes.md). The rest follows by itself: controllers, the scheduler and
 * kubelets make it of the wishes, and what they made of earlier ones would be wrong.
 */
import { AUTO_MANAGED } from '../../kube/kinds/apiregistration/local.ts';
import { copyJson } from '../../kube/machinery/copy.ts';
import { sameJson } from '../../kube/machinery/equality.ts';
import { isObject } from '../../kube/machinery/json-object.ts';
import type { KubeObject, ObjectMeta } from '../../kube/machinery/object.ts';
import type { GroupResource, KeyParts } from '../../kube/machinery/resource.ts';

/** Resources that say how things are, or are kept by a part of the control plane. */
const FACTS: ReadonlySet<GroupResource> = new Set([
  'certificatesigningrequests.certificates.k8s.io',
  'componentstatuses',
  'controllerrevisions.apps',
  'csinodes.storage.k8s.io',
  'csistoragecapacities.storage.k8s.io',
  'events',
  'events.events.k8s.io',
  'ipaddresses.networking.k8s.io',
  'leasecandidates.coordination.k8s.io',
  'leases.coordination.k8s.io',
  'nodes',
  'resourceslices.resource.k8s.io',
  'volumeattachments.storage.k8s.io',
]);

const MIRROR = 'kubernetes.io/config.mirror';
const PROVISIONED = 'pv.kubernetes.io/provisioned-by';
const TOKEN_SECRET = 'kubernetes.io/service-account-token';
const MADE_CONFIG_MAPS: ReadonlySet<string> = new Set([
  'kube-root-ca.crt',
  'extension-apiserver-authentication',
  'kube-apiserver-legacy-service-account-token-tracking',
]);

/** Whether the object as it is (or was) is a wish: it was not made by a controller, and is not being deleted. */
export function isDesired({ resource, name }: KeyParts, object: KubeObject): boolean {
  const { metadata } = object;
  const { labels = {}, annotations = {} } = metadata;
  if (FACTS.has(resource) || metadata.deletionTimestamp || isControlled(metadata)) return false;
  switch (resource) {
    case 'pods':
      return annotations[MIRROR] === undefined;
    case 'configmaps':
      return !MADE_CONFIG_MAPS.has(name);
    case 'endpoints':
      return labels['endpoints.kubernetes.io/managed-by'] === undefined;
    case 'endpointslices.discovery.k8s.io':
      return !labels['endpointslice.kubernetes.io/managed-by']?.endsWith('.k8s.io');
    case 'persistentvolumes':
      return annotations[PROVISIONED] === undefined;
    case 'apiservices.apiregistration.k8s.io':
      return labels[AUTO_MANAGED] === undefined;
    default:
      return true;
  }
}

export function isControlled({ ownerReferences = [] }: ObjectMeta): boolean {
  return ownerReferences.some(({ controller }) => controller === true);
}

/** Its work is done: to make it again would do the work a second time. */
export function isOver({ resource }: KeyParts, { status }: KubeObject): boolean {
  if (!isObject(status)) return false;
  if (resource === 'pods') return status.phase === 'Succeeded' || status.phase === 'Failed';
  if (resource !== 'jobs.batch' || !Array.isArray(status.conditions)) return false;
  return status.conditions.some(
    (each) => isObject(each) && (each.type === 'Complete' || each.type === 'Failed') && each.status === 'True',
  );
}

/** Fields that others set, by resource: an object that is there keeps them, and one that is made gets its own. */
const SET_BY_OTHERS: Readonly<Record<GroupResource, readonly string[]>> = {
  namespaces: ['spec.finalizers'],
  pods: ['spec.nodeName', 'spec.ephemeralContainers'],
  persistentvolumeclaims: ['spec.volumeName'],
  persistentvolumes: ['spec.claimRef'],
};
const OF_JOBS = ['spec.selector', 'spec.template.metadata.labels'];
const OF_TOKENS = ['data'];

const ANNOTATIONS_OF_OTHERS =
  /^(deployment\.kubernetes\.io\/revision|(pv|volume|volume\.beta|storage\.alpha)\.kubernetes\.io\/.*|deprecated\.daemonset\.template\.generation|control-plane\.alpha\.kubernetes\.io\/leader|kubernetes\.io\/service-account\.uid)$/;
const FINALIZERS_OF_OTHERS = /^(foregroundDeletion|orphan|kubernetes\.io\/pvc?-protection|kubernetes)$/;
const UIDS_OF_JOBS = /^(batch\.kubernetes\.io\/)?(controller-uid|job-name)$/;

/** The wish alone: as it would be applied anew, in the form in which two of them can be compared. */
export function desiredOf(key: KeyParts, object: KubeObject): KubeObject {
  const { status: _, metadata, ...rest } = copyJson(object);
  const kept: KubeObject = { ...rest, metadata: desiredMetadata(key, metadata) };
  for (const path of fieldsOfOthers(key, object)) drop(kept, path.split('.'));
  return kept;
}

function desiredMetadata({ resource, name, namespace }: KeyParts, metadata: ObjectMeta): ObjectMeta {
  const annotations = without(metadata.annotations, ANNOTATIONS_OF_OTHERS);
  const labels = without(metadata.labels, resource === 'jobs.batch' ? UIDS_OF_JOBS : /^$/);
  const finalizers = (metadata.finalizers ?? []).filter((each) => !FINALIZERS_OF_OTHERS.test(each));
  const { ownerReferences = [] } = metadata;
  return {
    name,
    ...(namespace === '' ? {} : { namespace }),
    ...(labels && { labels }),
    ...(annotations && { annotations }),
    ...(finalizers.length > 0 && { finalizers }),
    ...(ownerReferences.length > 0 && { ownerReferences }),
  };
}

/** Paths of fields that others set of this very object. */
function fieldsOfOthers({ resource }: KeyParts, { spec, type }: KubeObject): readonly string[] {
  if (resource === 'jobs.batch') return isObject(spec) && spec.manualSelector === true ? [] : OF_JOBS;
  if (resource === 'secrets') return type === TOKEN_SECRET ? OF_TOKENS : [];
  return SET_BY_OTHERS[resource] ?? [];
}

/**
 * The object of an update that brings a wish back: it is the present object in all that others set, and refuses to
 * overwrite another state than that.
 */
export function updated(key: KeyParts, then: KubeObject, now: KubeObject): KubeObject {
  const wish = desiredOf(key, then);
  const present = copyJson(now);
  const { annotations = {}, finalizers = [] } = present.metadata;
  const ofOthers = Object.entries(annotations).filter(([name]) => ANNOTATIONS_OF_OTHERS.test(name));
  const kept = finalizers.filter((each) => FINALIZERS_OF_OTHERS.test(each));
  const metadata: ObjectMeta = {
    ...wish.metadata,
    uid: present.metadata.uid,
    resourceVersion: present.metadata.resourceVersion,
    ownerReferences: present.metadata.ownerReferences,
    annotations: { ...wish.metadata.annotations, ...Object.fromEntries(ofOthers) },
    finalizers: [...kept, ...(wish.metadata.finalizers ?? [])],
  };
  const object: KubeObject = { ...wish, metadata };
  for (const path of fieldsOfOthers(key, now)) put(object, path.split('.'), read(present, path.split('.')));
  return object;
}

/** Whether two states of an object are the same wish. Owners are not compared: controllers and people set them. */
export function sameWish(key: KeyParts, one: KubeObject, other: KubeObject): boolean {
  const [a, b] = [desiredOf(key, one), desiredOf(key, other)];
  delete a.metadata.ownerReferences;
  delete b.metadata.ownerReferences;
  return sameJson(a, b);
}

function without(map: Record<string, string> | undefined, pattern: RegExp): Record<string, string> | undefined {
  const kept = Object.entries(map ?? {}).filter(([name]) => !pattern.test(name));
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}

function read(object: unknown, path: readonly string[]): unknown {
  let at = object;
  for (const name of path) at = isObject(at) ? at[name] : undefined;
  return at;
}

function drop(object: Record<string, unknown>, path: readonly string[]): void {
  const parent = read(object, path.slice(0, -1));
  if (isObject(parent)) delete parent[path.at(-1) ?? ''];
}

function put(object: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const parent = read(object, path.slice(0, -1));
  if (!isObject(parent)) return;
  if (value === undefined) delete parent[path.at(-1) ?? ''];
  else parent[path.at(-1) ?? ''] = value;
}
