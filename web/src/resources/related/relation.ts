/** Relations of an object to others: each is a pure function, in a file of its own. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';

export interface Ref {
  /** As kubectl names it: `pods`, `deployments.apps`. */
  resource: string;
  /** Empty for what is in no namespace. */
  namespace: string;
  name: string;
  /** Where it was seen; a reference alone may lead to nothing. */
  object?: KubeObject;
}

export type RelationName =
  | 'owned'
  | 'selects'
  | 'selectedBy'
  | 'uses'
  | 'usedBy'
  | 'runsOn'
  | 'runs'
  | 'routesTo'
  | 'routedFrom'
  | 'scales'
  | 'scaledBy'
  | 'grants'
  | 'bound';

export interface Relation {
  name: RelationName;
  /** Kinds of the object that is looked at. */
  of: readonly string[];
  /** The kind whose objects are looked through; none where the object itself says it all. */
  from?: string;
  find(object: KubeObject, others: readonly KubeObject[]): Ref[];
}

export function refTo(resource: string, { metadata }: KubeObject): Pick<Ref, 'resource' | 'namespace' | 'name'> {
  return { resource, namespace: metadata.namespace ?? '', name: metadata.name ?? '' };
}

/** The others that a condition is true of. */
export function those(
  resource: string,
  isOne: (object: KubeObject, other: KubeObject) => boolean,
): (object: KubeObject, others: readonly KubeObject[]) => Ref[] {
  return (object, others) =>
    others
      .filter((other) => isOne(object, other))
      .map((other) => ({ ...refTo(resource, other), object: other }))
      .sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
}

export function named(resource: string, namespace: string | undefined, names: Iterable<string | undefined>): Ref[] {
  const given = [...names].filter((name): name is string => name !== undefined && name !== '');
  return [...new Set(given)].map((name) => ({ resource, namespace: namespace ?? '', name }));
}
