/** The path of an object, from its resource name. */
import type { GroupResource } from '../../../kube/machinery/resource.ts';

/** The version a resource is served in: `v1` when left out; custom resources differ. */
export type VersionOf = (resource: GroupResource) => string | undefined;

export function collectionPath(resource: GroupResource, namespace: string, versionOf: VersionOf): string {
  const dot = resource.indexOf('.');
  const plural = dot < 0 ? resource : resource.slice(0, dot);
  // Every stable built-in group serves v1.
  const version = versionOf(resource) ?? 'v1';
  const root = dot < 0 ? `/api/${version}` : `/apis/${resource.slice(dot + 1)}/${version}`;
  return namespace === '' ? `${root}/${plural}` : `${root}/namespaces/${namespace}/${plural}`;
}

export function objectPath(resource: GroupResource, namespace: string, name: string, versionOf: VersionOf): string {
  return `${collectionPath(resource, namespace, versionOf)}/${encodeURIComponent(name)}`;
}

/** The version part of an apiVersion. */
export function versionPart(apiVersion: string): string {
  return apiVersion.slice(apiVersion.indexOf('/') + 1);
}
