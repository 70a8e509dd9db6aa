/**
 * The controllers' view: whole objects by key, read from the store and dropped; and small projections of them, kept up
 * from the log and rebuilt by a streamed scan on wake.
 *
 * Projections are kept of the resources that some controller follows, and of other objects while they have an owner or
 * are being deleted. A hundred thousand ConfigMaps without an owner take no room.
 */
import type { KubeObject, OwnerReference } from '../../../../kube/machinery/object.ts';
import type { GroupResource, Key } from '../../../../kube/machinery/resource.ts';
import type { IndexDefinition, Projection } from './projection.ts';

/** A namespace's content of one resource. */
export interface Content {
  resource: GroupResource;
  count: number;
  /** The objects among them that are being deleted. */
  terminating: readonly Projection[];
}

export interface View {
  get<T extends KubeObject = KubeObject>(resource: GroupResource, namespace: string, name: string): T | undefined;
  /** Whole objects under a namespace ('' for all, or cluster scope). For small collections. */
  list<T extends KubeObject = KubeObject>(resource: GroupResource, namespace?: string): T[];
  /** Projections of a namespace ('' for cluster scope) in memory. Throws for resources that are not followed. */
  projections(resource: GroupResource, namespace: string): Iterable<Projection>;
  /** The number of objects of a resource, as the store counts them. */
  count(resource: GroupResource): number;
  /** The projection of one object; that of a resource which is not followed may be read from the store. */
  projection(key: Key): Projection | undefined;
  /** The projections that an index has under a value. Throws for an index that no controller declares. */
  index(index: IndexDefinition, value: string): Iterable<Projection>;
  /** The number of projections under the value. */
  indexSize(index: IndexDefinition, value: string): number;
  /**
   * The object that a reference made in `namespace` is to: in that namespace, in none, or (where no reference may lead)
   * in another one. undefined when there is no such object with that uid.
   */
  owner(reference: OwnerReference, namespace: string): Projection | undefined;
  /** Whether objects of the kind a reference names lie in namespaces; undefined for one that is not served. */
  isNamespaced(reference: OwnerReference): boolean | undefined;
  /** Under which resource the kind that a reference names is served; undefined for one that is not. */
  resourceOf(reference: OwnerReference): GroupResource | undefined;
  /** The projections in memory that have an owner. */
  owned(): Iterable<Projection>;
  /** The object with this uid, if it is being deleted. */
  terminating(uid: string): Projection | undefined;
  /** The projections of which any owner has this uid. */
  dependents(ownerUid: string): Projection[];
  /** A namespace's content of one resource ('' for cluster scope). The count is the store's. */
  content(resource: GroupResource, namespace: string): Content;
  /** The content of a namespace, Events aside, of resources that have any. */
  contents(namespace: string): Content[];
}
