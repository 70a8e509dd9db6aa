/**
 * The objects of a cluster and their links, each from what leads to what is led to: an owner to what it made, a selector
 * to what it selects, a pod to what it uses. The links are those of `resources/related`.
 */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { type ApiResource, groupResource } from '../api/discovery.ts';
import { relationsOf } from '../resources/related/index.ts';
import type { Ref, Relation, RelationName } from '../resources/related/relation.ts';
import { kindOfMap } from './kinds.ts';

export interface Thing {
  /** `pods/shop/web-1` */
  id: string;
  resource: string;
  namespace: string;
  name: string;
  /** Undefined for what is known by references alone. */
  object?: KubeObject;
  /** Others refer to it, and it is not there. */
  missing: boolean;
}

export interface Link {
  from: string;
  to: string;
  name: RelationName;
}

export interface Graph {
  things: ReadonlyMap<string, Thing>;
  links: readonly Link[];
}

export interface Known {
  objects: Iterable<KubeObject>;
  /** An object that is not among them is not there. */
  complete: boolean;
}

export function idOfThing(resource: string, namespace = '', name = ''): string {
  return `${resource}/${namespace}/${name}`;
}

/** Each pod of a namespace uses them, so that they would tie everything together. */
const EVERYWHERE = /^(serviceaccounts\/[^/]*\/default|configmaps\/[^/]*\/kube-root-ca\.crt)$/;

export function isEverywhere(id: string): boolean {
  return EVERYWHERE.test(id);
}

type FindKind = (apiVersion: string, kind: string) => Pick<ApiResource, 'group' | 'plural' | 'namespaced'> | undefined;

/** `around`: the object that is asked about, so that it is shown although it is everywhere. */
export function graphOf(known: ReadonlyMap<string, Known>, findKind: FindKind, around?: string): Graph {
  const things = new Map<string, Thing>();
  const byUid = new Map<string, string>();
  const links: Link[] = [];
  for (const [resource, { objects }] of known) {
    for (const object of objects) {
      const { namespace = '', name = '', uid } = object.metadata;
      const id = idOfThing(resource, namespace, name);
      if (isEverywhere(id) && id !== around) continue;
      things.set(id, { id, resource, namespace, name, object, missing: false });
      if (uid) byUid.set(uid, id);
    }
  }
  const link = (from: string, name: RelationName, { resource, namespace, name: named }: Ref): void => {
    const to = idOfThing(resource, namespace, named);
    if (isEverywhere(to) && to !== around) return;
    if (!things.has(to)) {
      const missing = known.get(resource)?.complete ?? false;
      things.set(to, { id: to, resource, namespace, name: named, missing });
    }
    links.push({ from, to, name });
  };
  for (const thing of [...things.values()]) {
    const { id, object } = thing;
    if (!object) continue;
    for (const owner of object.metadata.ownerReferences ?? []) {
      const from = byUid.get(owner.uid) ?? ownerByName(things, known, thing, owner, findKind);
      if (from) links.push({ from, to: id, name: 'owned' });
    }
    for (const { name, ref } of refsOf(thing.resource, object)) link(id, name, ref);
  }
  for (const each of selections(things)) links.push(each);
  return { things, links };
}

/** An owner of a kind that is not watched is known by name; of one that is watched, it is gone. */
function ownerByName(
  things: Map<string, Thing>,
  known: ReadonlyMap<string, Known>,
  { namespace }: Thing,
  { apiVersion, kind, name }: { apiVersion: string; kind: string; name: string },
  findKind: FindKind,
): string | undefined {
  const found = findKind(apiVersion, kind);
  if (!found || found.plural === 'nodes') return undefined;
  const resource = groupResource(found);
  if (known.get(resource)?.complete) return undefined;
  const within = found.namespaced ? namespace : '';
  const id = idOfThing(resource, within, name);
  if (!things.has(id)) things.set(id, { id, resource, namespace: within, name, missing: false });
  return id;
}

interface Named {
  name: RelationName;
  ref: Ref;
}

/** Objects are never changed, only replaced. */
const kept = new WeakMap<KubeObject, readonly Named[]>();
const relations = new Map<string, readonly Relation[]>();

function relationsFrom(resource: string): readonly Relation[] {
  const found = relations.get(resource) ?? relationsOf(resource);
  relations.set(resource, found);
  return found;
}

/** The objects that the object itself refers to. */
function refsOf(resource: string, object: KubeObject): readonly Named[] {
  const found =
    kept.get(object) ??
    relationsFrom(resource)
      .filter(({ from }) => from === undefined)
      .flatMap(({ name, find }) => find(object, []).map((ref) => ({ name, ref })))
      // A volume names its claim, and the claim its volume.
      .filter(({ ref }) => kindOfMap(ref.resource) && !(resource === 'persistentvolumes' && ref.namespace !== ''));
  kept.set(object, found);
  return found;
}

/** Pods with the same labels are selected by the same: one of them is asked about. */
function selections(things: ReadonlyMap<string, Thing>): Link[] {
  const alike = new Map<string, { first: KubeObject; ids: string[] }>();
  for (const { id, resource, namespace, object } of things.values()) {
    if (resource !== 'pods' || !object) continue;
    const key = `${namespace} ${labelsText(object)}`;
    const found = alike.get(key);
    if (found) found.ids.push(id);
    else alike.set(key, { first: object, ids: [id] });
  }
  const idsOf = new Map([...alike.values()].map(({ first, ids }) => [first, ids]));
  const byNamespace = Map.groupBy(idsOf.keys(), ({ metadata }) => metadata.namespace ?? '');
  return [...things.values()].flatMap(({ id, resource, namespace, object }) => {
    if (!object || resource === 'deployments.apps') return [];
    const selecting = relationsFrom(resource).filter(({ name }) => name === 'selects');
    return selecting.flatMap(({ find }) =>
      find(object, byNamespace.get(namespace) ?? []).flatMap(({ object: first }) =>
        (idsOf.get(first as KubeObject) ?? []).map((to): Link => ({ from: id, to, name: 'selects' })),
      ),
    );
  });
}

const texts = new WeakMap<KubeObject, string>();

function labelsText(object: KubeObject): string {
  const text = texts.get(object) ?? JSON.stringify(object.metadata.labels ?? {});
  texts.set(object, text);
  return text;
}
