/**
 * What controllers see: whole objects by key, read from the store and dropped; and indexes over small projections,
 * kept up from the log and rebuilt by a streamed scan on wake (design decision 6).
 *
 * Projections are kept of the resources that some controller follows, and of other objects while they have an owner or
 * are being deleted. A hundred thousand ConfigMaps that nobody owns take no room.
 */
import type { KubeObject, OwnerReference } from '../../../kube/machinery/object.ts';
import type { GroupResource, Key } from '../../../kube/machinery/resource.ts';
import type { Selector } from '../../../kube/machinery/selectors/labels.ts';

/** At most about 1 KB an object. Times are milliseconds since the epoch. */
export interface Projection {
  key: Key;
  resource: GroupResource;
  namespace: string;
  name: string;
  apiVersion: string;
  kind: string;
  uid: string;
  revision: number;
  created: number;
  /** Of pods, replicasets, endpointslices and nodes: nobody asks for other ones'. */
  labels: Readonly<Record<string, string>>;
  /** The owner with `controller: true`. */
  owner?: OwnerReference;
  /** All owners. */
  owners: readonly OwnerReference[];
  finalizers: readonly string[];
  deleting: boolean;
  /** Of pods. */
  pod?: PodFacts;
  /** Of nodes. */
  node?: NodeFacts;
  /** Of deployments, replicasets, services and disruption budgets: `spec.selector`, when there is one. */
  selector?: Selector;
}

export interface NodeFacts {
  /** Status of the condition Ready; '' when there is none. */
  ready: string;
  /** It has a taint with effect NoExecute. */
  evicts: boolean;
}

/** What controllers ask of pods over and over, so that a set of 1000 pods is never parsed again for one of them. */
export interface PodFacts {
  phase: string;
  node: string;
  /** The Ready condition is True. */
  ready: boolean;
  /** When Ready last changed; 0 when unknown. */
  readySince: number;
  /** `deletionTimestamp`, 0 when there is none. */
  deletedAt: number;
  /** `controller.kubernetes.io/pod-deletion-cost` */
  cost: number;
  /** The highest restart count of its containers. */
  restarts: number;
  ips: readonly string[];
  hostname?: string;
  subdomain?: string;
  /** Container ports that have a name. */
  ports: readonly { name: string; port: number; protocol: string }[];
}

/** What a namespace holds of one resource. */
export interface Content {
  resource: GroupResource;
  count: number;
  /** Those of them that are being deleted. */
  ending: readonly Projection[];
}

export interface View {
  get<T extends KubeObject = KubeObject>(resource: GroupResource, namespace: string, name: string): T | undefined;
  /** Whole objects under a namespace ('' for all, or cluster scope). For small collections. */
  list<T extends KubeObject = KubeObject>(resource: GroupResource, namespace?: string): T[];
  /** Projections of a namespace ('' for cluster scope) in memory. Throws for resources that are not followed. */
  project(resource: GroupResource, namespace: string): Iterable<Projection>;
  /** The projection of one object; of what is not followed it may be read from the store. */
  projection(key: Key): Projection | undefined;
  /**
   * The object that a reference made in `namespace` is to: in that namespace, in none, or (where no reference may lead)
   * in another one. undefined when there is no such object with that uid.
   */
  owner(reference: OwnerReference, namespace: string): Projection | undefined;
  /** Whether objects of the kind a reference names lie in namespaces; undefined for one that is not served. */
  isNamespaced(reference: OwnerReference): boolean | undefined;
  /** The object with this uid, if it is being deleted. */
  ending(uid: string): Projection | undefined;
  /** Everything of which any owner has this uid. */
  dependents(ownerUid: string): Projection[];
  /** Objects of a namespace that no controller owns: candidates for adoption. */
  orphans(resource: GroupResource, namespace: string): Iterable<Projection>;
  /** Pods bound to a node. */
  podsOn(node: string): Iterable<Projection>;
  /** What is in a namespace, Events aside. Counts are the store's. */
  contents(namespace: string): Content[];
}
