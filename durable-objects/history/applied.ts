/** A wish as a person would write it down, for `kubectl apply` on another cluster. */
import { isObject } from '../../kube/machinery/json-object.ts';
import type { KubeObject } from '../../kube/machinery/object.ts';
import type { KeyParts } from '../../kube/machinery/resource.ts';
import { isBuiltIn } from './built-in.ts';
import { desiredOf, isDesired, isOver } from './desired.ts';

export function isApplied(key: KeyParts, object: KubeObject): boolean {
  return isDesired(key, object) && !isBuiltIn(key, object) && !isOver(key, object);
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
/** Of the token that admission mounts into each pod. */
const TOKEN_VOLUME = /^kube-api-access-/;

/** Neither status nor uids, no owners, which have others there, and no address that another cluster has given away. */
export function appliedOf(key: KeyParts, object: KubeObject): KubeObject {
  const wish = desiredOf(key, object);
  const { metadata, apiVersion, kind, ...rest } = wish;
  const { ownerReferences: _, finalizers: __, annotations = {}, ...kept } = metadata;
  const { [LAST_APPLIED]: ___, ...others } = annotations;
  const named = Object.keys(others).length > 0 ? { ...kept, annotations: others } : kept;
  return { apiVersion, kind, metadata: named, ...rest, ...specOf(key, wish) };
}

function specOf({ resource }: KeyParts, { spec }: KubeObject): object {
  if (!isObject(spec)) return {};
  if (resource === 'services' && spec.clusterIP !== 'None') {
    const { clusterIP: _, clusterIPs: __, healthCheckNodePort: ___, ...others } = spec;
    return { spec: others };
  }
  return resource === 'pods' ? { spec: withoutToken(spec) } : {};
}

function withoutToken(spec: Record<string, unknown>): Record<string, unknown> {
  const { volumes, ...rest } = spec;
  const others = named(volumes);
  const lists = ['containers', 'initContainers'].filter((name) => Array.isArray(spec[name]));
  const containers = lists.map((name) => [name, (spec[name] as unknown[]).map(withoutMount)]);
  return { ...rest, ...Object.fromEntries(containers), ...(others.length > 0 && { volumes: others }) };
}

function withoutMount(container: unknown): unknown {
  if (!isObject(container) || !Array.isArray(container.volumeMounts)) return container;
  const { volumeMounts, ...rest } = container;
  const others = named(volumeMounts);
  return others.length > 0 ? { ...rest, volumeMounts: others } : rest;
}

function named(list: unknown): unknown[] {
  const items = Array.isArray(list) ? list : [];
  return items.filter((each) => !(isObject(each) && TOKEN_VOLUME.test(String(each.name))));
}
