/**
 * The view's memory of an object: a few facts of its metadata, and facts that controllers declare beside them.
 * The useful facts depend on the questions that controllers ask over and over, so they are declared beside the
 * controllers, not in the descriptors of kinds, which edge and dashboard load too (docs/decisions).
 */
import type { KubeObject, OwnerReference } from '../../../../kube/machinery/object.ts';
import { type GroupResource, type Key, parseKey } from '../../../../kube/machinery/resource.ts';
import type { Selector } from '../../../../kube/machinery/selectors/labels.ts';
import { timeOf } from '../../../../kube/machinery/time.ts';
import type { Interner } from './interner.ts';

/** At most about 1 KB an object. Times are milliseconds since the epoch. */
export interface Projection {
  readonly key: Key;
  readonly resource: GroupResource;
  readonly namespace: string;
  readonly name: string;
  /** '' of an object that cannot be decrypted. */
  readonly uid: string;
  readonly revision: number;
  readonly created: number;
  /** The owner with `controller: true`. */
  readonly owner?: OwnerReference;
  /** All owners. */
  readonly owners: readonly OwnerReference[];
  readonly finalizers: readonly string[];
  readonly deleting: boolean;
  /** Empty unless a controller declares {@link labelsOf} the resource. */
  readonly labels: Readonly<Record<string, string>>;
  /** Absent unless a controller declares a selector of the resource, and the object has one. */
  readonly selector?: Selector;
}

/** Facts of the objects of a resource. Two definitions of a resource may not share a field. */
export interface ProjectionDefinition<F = unknown> {
  /** The field of the projection that holds the facts. */
  readonly field: string;
  readonly resource: GroupResource;
  /** Pure. Equal small values of many objects should be interned. */
  compute(object: KubeObject, intern: Interner): F | undefined;
}

/** A definition that can be asked for the facts of a projection. */
export interface DefinedProjection<F> extends ProjectionDefinition<F> {
  of(projection: Projection | undefined): F | undefined;
}

export function defineProjection<F>(definition: ProjectionDefinition<F>): DefinedProjection<F> {
  const { resource, field } = definition;
  return {
    ...definition,
    of: (projection) =>
      projection?.resource === resource
        ? ((projection as unknown as Record<string, unknown>)[field] as F | undefined)
        : undefined,
  };
}

/** Projections of a resource by values of theirs. */
export interface IndexDefinition {
  readonly name: string;
  readonly resource: GroupResource;
  /** The values under which a projection is found. Pure. */
  values(projection: Projection): readonly string[];
}

export function defineIndex(definition: IndexDefinition): IndexDefinition {
  return definition;
}

const NO_LABELS: Readonly<Record<string, string>> = Object.freeze({});
const NONE: readonly never[] = Object.freeze([]);

/** Keeps the labels of a resource's objects. Make one for each resource, and share it. */
export function labelsOf(resource: GroupResource): DefinedProjection<Readonly<Record<string, string>>> {
  return defineProjection({
    field: 'labels',
    resource,
    compute: ({ metadata }, intern) => metadata.labels && intern.value(metadata.labels),
  });
}

/** A definition that throws is reported, and its facts are absent. */
export function projectionOf(
  key: Key,
  revision: number,
  object: KubeObject,
  definitions: readonly ProjectionDefinition[],
  intern: Interner,
  report: (error: unknown, about: string) => void,
): Projection {
  const { resource, namespace, name } = parseKey(key);
  const { metadata } = object;
  const owners: readonly OwnerReference[] = metadata.ownerReferences?.length
    ? intern.value(metadata.ownerReferences)
    : NONE;
  const projection: Projection = {
    key,
    resource: intern.text(resource),
    namespace: intern.text(namespace),
    name,
    uid: metadata.uid ?? '',
    revision,
    created: timeOf(metadata.creationTimestamp),
    owner: owners.find((owner) => owner.controller),
    owners,
    finalizers: metadata.finalizers?.length ? intern.value(metadata.finalizers) : NONE,
    deleting: metadata.deletionTimestamp !== undefined,
    labels: NO_LABELS,
  };
  for (const definition of definitions) {
    try {
      const facts = definition.compute(object, intern);
      if (facts !== undefined) (projection as unknown as Record<string, unknown>)[definition.field] = facts;
    } catch (error) {
      report(error, `${definition.field} of ${key}`);
    }
  }
  return projection;
}
