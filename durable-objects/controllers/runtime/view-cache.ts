/** The {@link View}: objects read by key from the store, projections in memory with a few indexes. */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { type GroupResource, type Key, keyOf, keyPrefix } from '../../../kube/machinery/resource.ts';
import type { ReadPort } from './ports.ts';
import { Interner, projectionOf } from './projection.ts';
import type { Projection, View } from './view.ts';

const PAGE = 200;
const EMPTY: ReadonlySet<Projection> = new Set();

/** Events own nothing, are owned by nothing and are many: no controller looks at them through the view. */
export function isProjected(key: Key): boolean {
  return !key.startsWith('events/') && !key.startsWith('events.events.k8s.io/');
}

export class ViewCache implements View {
  private readonly intern = new Interner();
  private readonly read: ReadPort;
  private readonly byKey = new Map<Key, Projection>();
  private readonly uids = new Map<string, Projection>();
  private readonly byResource = new Index();
  private readonly byPlace = new Index();
  private readonly byNamespace = new Index();
  private readonly byOwner = new Index();
  private readonly loose = new Index();
  private readonly byNode = new Index();

  constructor(read: ReadPort) {
    this.read = read;
  }

  get size(): number {
    return this.byKey.size;
  }

  /** Takes in everything the store holds, a page at a time; `pause` lets requests in between pages. */
  async rebuild(pause: () => Promise<void>): Promise<void> {
    let after: Key | undefined;
    for (;;) {
      const page = this.read.list({ prefix: '', limit: PAGE, ...(after === undefined ? {} : { after }) });
      for (const item of page.items) {
        if (isProjected(item.key)) this.put(item.key, item.revision, JSON.parse(item.text) as KubeObject);
      }
      if (page.next === undefined) return;
      after = page.next;
      await pause();
    }
  }

  /** Takes in one newer state of an object; what is not newer than the known one changes nothing. */
  put(key: Key, revision: number, object: KubeObject): Projection {
    const known = this.byKey.get(key);
    if (known && known.revision >= revision) return known;
    if (known) this.unlink(known);
    const projection = projectionOf(key, revision, object, this.intern);
    this.link(projection);
    return projection;
  }

  remove(key: Key, revision: number): void {
    const known = this.byKey.get(key);
    if (known && known.revision < revision) this.unlink(known);
  }

  /** A projection that is not kept: of an earlier state. */
  describe(key: Key, revision: number, object: KubeObject): Projection {
    return projectionOf(key, revision, object, this.intern);
  }

  all(): Iterable<Projection> {
    return this.byKey.values();
  }

  get<T extends KubeObject = KubeObject>(resource: GroupResource, namespace: string, name: string): T | undefined {
    const found = this.read.get(keyOf(resource, namespace, name));
    return found && (JSON.parse(found.text) as T);
  }

  list<T extends KubeObject = KubeObject>(resource: GroupResource, namespace?: string): T[] {
    const found: T[] = [];
    let after: Key | undefined;
    do {
      const prefix = keyPrefix(resource, namespace);
      const page = this.read.list({ prefix, limit: PAGE, ...(after === undefined ? {} : { after }) });
      for (const item of page.items) found.push(JSON.parse(item.text) as T);
      after = page.next;
    } while (after !== undefined);
    return found;
  }

  ownedBy(resource: GroupResource, ownerUid: string): Key[] {
    return this.dependents(ownerUid)
      .filter((dependent) => dependent.resource === resource)
      .map((dependent) => dependent.key);
  }

  project(resource: GroupResource, namespace?: string): Iterable<Projection> {
    return namespace ? this.byPlace.of(`${resource}/${namespace}`) : this.byResource.of(resource);
  }

  projection(key: Key): Projection | undefined {
    return this.byKey.get(key);
  }

  byUid(uid: string): Projection | undefined {
    return this.uids.get(uid);
  }

  dependents(ownerUid: string): Projection[] {
    return [...this.byOwner.of(ownerUid)];
  }

  orphans(resource: GroupResource, namespace: string): Iterable<Projection> {
    return this.loose.of(`${resource}/${namespace}`);
  }

  podsOn(node: string): Iterable<Projection> {
    return this.byNode.of(node);
  }

  contents(namespace: string): Iterable<Projection> {
    return this.byNamespace.of(namespace);
  }

  private link(projection: Projection): void {
    const { key, uid, resource, namespace, owners } = projection;
    this.byKey.set(key, projection);
    if (uid) this.uids.set(uid, projection);
    this.byResource.add(resource, projection);
    if (namespace) {
      this.byPlace.add(`${resource}/${namespace}`, projection);
      this.byNamespace.add(namespace, projection);
      if (!projection.owner && isAdoptable(resource)) this.loose.add(`${resource}/${namespace}`, projection);
    }
    for (const owner of owners) this.byOwner.add(owner.uid, projection);
    if (projection.pod?.node) this.byNode.add(projection.pod.node, projection);
  }

  private unlink(projection: Projection): void {
    const { key, uid, resource, namespace, owners } = projection;
    this.byKey.delete(key);
    if (this.uids.get(uid) === projection) this.uids.delete(uid);
    this.byResource.delete(resource, projection);
    if (namespace) {
      this.byPlace.delete(`${resource}/${namespace}`, projection);
      this.byNamespace.delete(namespace, projection);
      if (!projection.owner && isAdoptable(resource)) this.loose.delete(`${resource}/${namespace}`, projection);
    }
    for (const owner of owners) this.byOwner.delete(owner.uid, projection);
    if (projection.pod?.node) this.byNode.delete(projection.pod.node, projection);
  }
}

function isAdoptable(resource: GroupResource): boolean {
  return resource === 'pods' || resource === 'replicasets.apps';
}

class Index {
  private readonly sets = new Map<string, Set<Projection>>();

  of(name: string): ReadonlySet<Projection> {
    return this.sets.get(name) ?? EMPTY;
  }

  add(name: string, projection: Projection): void {
    const set = this.sets.get(name);
    if (set) set.add(projection);
    else this.sets.set(name, new Set([projection]));
  }

  delete(name: string, projection: Projection): void {
    const set = this.sets.get(name);
    if (set?.delete(projection) && set.size === 0) this.sets.delete(name);
  }
}
