/**
 * What controllers see: whole objects by key, read from the store and dropped; and indexes over small projections,
 * kept up from the log and rebuilt by a streamed scan on wake (design decision 6).
 */
import type { KubeObject, OwnerReference } from '../../../kube/machinery/object.ts';
import type { GroupResource, Key } from '../../../kube/machinery/resource.ts';

/** At most about 1 KB an object. */
export interface Projection {
  key: Key;
  uid: string;
  revision: number;
  labels: Readonly<Record<string, string>>;
  owner?: OwnerReference;
  deleting: boolean;
}

export interface View {
  get<T extends KubeObject = KubeObject>(resource: GroupResource, namespace: string, name: string): T | undefined;
  /** Whole objects under a namespace ('' for all, or cluster scope). For small collections. */
  list<T extends KubeObject = KubeObject>(resource: GroupResource, namespace?: string): T[];
  /** Keys of the objects whose controller (or any) owner has this uid. */
  ownedBy(resource: GroupResource, ownerUid: string): Key[];
  /** Projections of a namespace, without reading objects. */
  project(resource: GroupResource, namespace?: string): Iterable<Projection>;
}
