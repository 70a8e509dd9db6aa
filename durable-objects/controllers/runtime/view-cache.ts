/** The {@link View}: objects read by key from the store, projections in memory with a few indexes. */
import type { KubeObject, OwnerReference } from '../../../kube/machinery/object.ts';
import { type GroupResource, type Key, keyOf, keyPrefix, parseKey } from '../../../kube/machinery/resource.ts';
import { pages } from './pages.ts';
import type { CountPort, RESTMapper, ReadPort } from './ports.ts';
import { Interner, projectionOf } from './projection.ts';
import { RecentSet } from './recent-set.ts';
import type { Content, Projection, View } from './view.ts';
import { Index } from './view-index.ts';

const NAMESPACES = 'namespaces';
/** References that were found to lead nowhere, and objects that were seen to go. */
const ABSENT = 10_000;

/** Events own nothing, are owned by nothing and are many: no controller looks at them through the view. */
export function isProjected(key: Key): boolean {
  return !key.startsWith('events/') && !key.startsWith('events.events.k8s.io/');
}

export class ViewCache implements View {
  private readonly intern = new Interner();
  private readonly read: ReadPort & CountPort;
  private readonly followed: ReadonlySet<GroupResource>;
  private readonly kinds: RESTMapper;
  private readonly byKey = new Map<Key, Projection>();
  private readonly byPlace = new Index();
  private readonly byOwner = new Index();
  private readonly loose = new Index();
  private readonly byNode = new Index();
  private readonly endingByUid = new Map<string, Projection>();
  private readonly endingByPlace = new Index();
  private readonly absent = new RecentSet(ABSENT);
  private scanned = 0;

  constructor(read: ReadPort & CountPort, follows: Iterable<GroupResource>, kinds: RESTMapper) {
    this.read = read;
    this.followed = new Set([...follows, NAMESPACES]);
    this.kinds = kinds;
  }

  /** Takes in everything the store holds, a page at a time; `pause` lets requests in between pages. */
  async rebuild(pause: () => Promise<void>): Promise<void> {
    for (const { items, next } of pages(this.read, '')) {
      for (const { key, revision, text } of items) {
        if (this.isWorthParsing(key, text)) this.put(key, revision, parse(text));
      }
      if (next !== undefined) await pause();
    }
    this.scanned = this.read.revision;
  }

  /** Whether a state of this revision may have been found by the scan, so that what came before it was never seen. */
  isScanned(revision: number): boolean {
    return revision <= this.scanned;
  }

  /** Takes in one newer state of an object; what is not newer than the known one changes nothing. */
  put(key: Key, revision: number, object: KubeObject): Projection {
    const known = this.byKey.get(key);
    if (known && known.revision >= revision) return known;
    if (known) this.unlink(known);
    const projection = this.describe(key, revision, object);
    if (this.isKept(projection)) this.link(projection);
    return projection;
  }

  /** `object` is the last state of what was deleted at this revision. */
  remove(key: Key, revision: number, object: KubeObject): void {
    const known = this.byKey.get(key);
    if (known && known.revision < revision) this.unlink(known);
    if (object.metadata.uid) this.absent.add(object.metadata.uid);
  }

  /** A projection that is not kept: of an earlier state. */
  describe(key: Key, revision: number, object: KubeObject): Projection {
    return projectionOf(key, revision, object, this.intern);
  }

  isFollowed(resource: GroupResource): boolean {
    return this.followed.has(resource);
  }

  /** What is kept of an object. */
  known(key: Key): Projection | undefined {
    return this.byKey.get(key);
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
    for (const { items } of pages(this.read, keyPrefix(resource, namespace))) {
      for (const { text } of items) found.push(JSON.parse(text) as T);
    }
    return found;
  }

  project(resource: GroupResource, namespace: string): Iterable<Projection> {
    if (!this.followed.has(resource)) throw new Error(`no controller follows ${resource}`);
    return this.byPlace.of(`${resource}/${namespace}`);
  }

  projection(key: Key): Projection | undefined {
    const known = this.byKey.get(key);
    if (known || this.followed.has(parseKey(key).resource) || !isProjected(key)) return known;
    return this.readProjection(key);
  }

  owner(reference: OwnerReference, namespace: string): Projection | undefined {
    const served = this.kinds.findKind(reference.apiVersion, reference.kind);
    if (!served) return undefined;
    const at = (place: string): Projection | undefined => {
      const found = this.projection(keyOf(served.storage, place, reference.name));
      // An object that cannot be decrypted has no known uid: it may be this one.
      return found?.uid === reference.uid || found?.uid === '' ? found : undefined;
    };
    if (served.kind.scope === 'Cluster') return at('');
    return (namespace === '' ? undefined : at(namespace)) ?? this.elsewhere(reference, at);
  }

  isNamespaced(reference: OwnerReference): boolean | undefined {
    const served = this.kinds.findKind(reference.apiVersion, reference.kind);
    return served && served.kind.scope === 'Namespaced';
  }

  ending(uid: string): Projection | undefined {
    return this.endingByUid.get(uid);
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

  contents(namespace: string): Content[] {
    const contents: Content[] = [];
    for (const resource of this.deletable()) {
      const count = this.read.count(keyPrefix(resource, namespace));
      if (count > 0) contents.push({ resource, count, ending: [...this.endingByPlace.of(`${resource}/${namespace}`)] });
    }
    return contents;
  }

  /** Resources whose objects are deleted with their namespace. Events go by themselves. */
  private deletable(): Set<GroupResource> {
    const found = new Set<GroupResource>();
    for (const { resource, scope, verbs, storedAs } of this.kinds.kinds) {
      if (scope === 'Namespaced' && verbs.includes('delete')) found.add(storedAs?.resource ?? resource);
    }
    found.delete('events');
    return found;
  }

  /** What cannot be opened (a Secret whose key was lost) is there all the same, with nothing known of it but its name. */
  private readProjection(key: Key): Projection | undefined {
    try {
      const found = this.read.get(key);
      return found && this.describe(key, found.revision, parse(found.text));
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'unreadable') throw error;
      return projectionOf(key, 0, { apiVersion: '', kind: '', metadata: {} }, this.intern);
    }
  }

  /** Looks through all namespaces, once for each reference that leads nowhere. */
  private elsewhere({ kind, name, uid }: OwnerReference, at: (namespace: string) => Projection | undefined) {
    const id = `${kind} ${name} ${uid}`;
    if (this.absent.has(uid) || this.absent.has(id)) return undefined;
    for (const { name: place } of this.project(NAMESPACES, '')) {
      const found = at(place);
      if (found) return found;
    }
    this.absent.add(id);
    return undefined;
  }

  /** Text is as the API server prints it, so a field that it has is found in it as it is. */
  private isWorthParsing(key: Key, text: string): boolean {
    if (!isProjected(key)) return false;
    const { resource } = parseKey(key);
    if (this.followed.has(resource)) return true;
    return text.includes('"ownerReferences"') || text.includes('"deletionTimestamp"');
  }

  private isKept({ resource, owners, deleting }: Projection): boolean {
    return owners.length > 0 || deleting || this.followed.has(resource);
  }

  private link(projection: Projection): void {
    const { key, uid, deleting } = projection;
    this.byKey.set(key, projection);
    if (deleting) this.endingByUid.set(uid, projection);
    this.place(projection, 'add');
  }

  private unlink(projection: Projection): void {
    const { key, uid } = projection;
    this.byKey.delete(key);
    if (this.endingByUid.get(uid) === projection) this.endingByUid.delete(uid);
    this.place(projection, 'delete');
  }

  private place(projection: Projection, act: 'add' | 'delete'): void {
    const { resource, namespace, owner, owners, deleting, pod } = projection;
    const place = `${resource}/${namespace}`;
    if (this.followed.has(resource)) this.byPlace[act](place, projection);
    if (!owner && isAdoptable(resource)) this.loose[act](place, projection);
    if (deleting) this.endingByPlace[act](place, projection);
    if (pod?.node) this.byNode[act](pod.node, projection);
    for (const { uid } of owners) this.byOwner[act](uid, projection);
  }
}

function parse(text: string): KubeObject {
  return JSON.parse(text) as KubeObject;
}

function isAdoptable(resource: GroupResource): boolean {
  return resource === 'pods' || resource === 'replicasets.apps';
}
