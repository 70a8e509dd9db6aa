/**
 * The names of resources inside Islet.
 *
 * A {@link GroupResource} is `pods` or `deployments.apps`, as in upstream's `schema.GroupResource.String()`.
 * A {@link Key} is `pods/default/web-0`, or `nodes//node-1` for a cluster-scoped resource. Keys of one resource
 * (and of one namespace in it) are contiguous in byte order, which is the order of lists.
 */
export type GroupResource = string;
export type Key = string;

export interface KeyParts {
  resource: GroupResource;
  /** '' for cluster-scoped resources. */
  namespace: string;
  name: string;
}

export function groupResource(group: string, plural: string): GroupResource {
  return group === '' ? plural : `${plural}.${group}`;
}

export function keyOf(resource: GroupResource, namespace: string, name: string): Key {
  return `${resource}/${namespace}/${name}`;
}

/** The prefix under which all keys of a resource, or of one namespace of it, lie. */
export function keyPrefix(resource: GroupResource, namespace?: string): string {
  return namespace ? `${resource}/${namespace}/` : `${resource}/`;
}

export function parseKey(key: Key): KeyParts {
  const first = key.indexOf('/');
  const second = key.indexOf('/', first + 1);
  if (first < 0 || second < 0) throw new Error(`not a key: ${key}`);
  return { resource: key.slice(0, first), namespace: key.slice(first + 1, second), name: key.slice(second + 1) };
}
