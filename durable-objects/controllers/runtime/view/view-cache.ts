/** The {@link View}: objects read by key from the store, projections in memory with their indexes. */
import { parseExact } from '../../../../kube/machinery/exact-json.ts';
import type { KubeObject, OwnerReference } from '../../../../kube/machinery/object.ts';
import { type GroupResource, type Key, keyOf, keyPrefix, parseKey } from '../../../../kube/machinery/resource.ts';
import type { CountPort, RESTMapper, ReadPort } from '../ports.ts';
import { RecentSet } from '../recent-set.ts';
import { Interner } from './interner.ts';
import { pages } from './pages.ts';
import { type IndexDefinition, type Projection, projectionOf } from './projection.ts';
import type { Content, View } from './view.ts';
import { Index } from './view-index.ts';
import type { ViewSchema } from './view-schema.ts';

const NAMESPACES = 'namespaces';
const MAX_ABSENT = 10_000;

/** Events own nothing, are owned by nothing and are many: no controller looks at them through the view. */
export function isProjected(key: Key): boolean {
  return !key.startsWith('events/') && !key.startsWith('events.events.k8s.io/');
}

const OWNED_OR_DELETING = /"(?:ownerReferences|deletionTimestamp)"/;

/**
 * Whether an object has owners or is being deleted. Text is as the API server prints it, so a field that it has is found
 * in it as it is.
 */
export function isOwnedOrDeleting(text: string): boolean {
  return OWNED_OR_DELETING.test(text);
}

export class ViewCache implements View {
  private readonly intern = new Interner();
  private readonly read: ReadPort & CountPort;
  private readonly schema: ViewSchema;
  private readonly kinds: RESTMapper;
  private readonly report: (error: unknown, about: string) => void;
  private readonly byKey = new Map<Key, Projection>();
  private readonly byNamespace = new Index();
  private readonly byOwner = new Index();
  private readonly terminatingByUid = new Map<string, Projection>();
  private readonly terminatingByNamespace = new Index();
  private readonly declared = new Map<IndexDefinition, Index>();
  /** References that were found to lead nowhere, and uids of objects that were deleted. */
  private readonly absent = new RecentSet(MAX_ABSENT);
  private scanned = 0;

  constructor(
    read: ReadPort & CountPort,
    schema: ViewSchema,
    kinds: RESTMapper,
    report: (error: unknown, about: string) => void = () => {},
  ) {
    this.read = read;
    this.schema = schema;
    this.kinds = kinds;
    this.report = report;
    for (const index of schema.indexes) this.declared.set(index, new Index());
  }

  /** Takes in everything the store holds, a page at a time; `pause` lets requests in between pages. */
  async rebuild(pause: () => Promise<void>): Promise<void> {
    for (const { items, next } of pages(this.read, '')) {
      for (const stored of items) {
        const { key, revision } = stored;
        try {
          if (this.isWorthParsing(stored)) this.put(key, revision, stored.object?.() ?? parse(stored.text));
        } catch (error) {
          // One object that cannot be read must not keep the controllers from all others.
          this.report(error, key);
        }
      }
      if (next !== undefined) await pause();
    }
    this.scanned = this.read.revision;
  }

  /** Whether the scan may have found a state of this revision, so that earlier ones were never seen. */
  isScanned(revision: number): boolean {
    return revision <= this.scanned;
  }

  /** Takes in one newer state of an object; a state that is not newer than the known one changes nothing. */
  put(key: Key, revision: number, object: KubeObject): Projection {
    const known = this.byKey.get(key);
    if (known && known.revision >= revision) return known;
    if (known) this.unlink(known);
    const projection = this.describe(key, revision, object);
    if (this.isKept(projection)) this.link(projection);
    return projection;
  }

  /** `object` is the last state of an object that was deleted at this revision. */
  remove(key: Key, revision: number, object: KubeObject): void {
    const known = this.byKey.get(key);
    if (known && known.revision < revision) this.unlink(known);
    if (object.metadata.uid) this.absent.add(object.metadata.uid);
  }

  /** The projection of an earlier state, which is not kept. */
  describe(key: Key, revision: number, object: KubeObject): Projection {
    const definitions = this.schema.projectionsOf(parseKey(key).resource);
    return projectionOf(key, revision, object, definitions, this.intern, this.report);
  }

  isFollowed(resource: GroupResource): boolean {
    return resource === NAMESPACES || this.schema.followed.has(resource);
  }

  known(key: Key): Projection | undefined {
    return this.byKey.get(key);
  }

  all(): Iterable<Projection> {
    return this.byKey.values();
  }

  get<T extends KubeObject = KubeObject>(resource: GroupResource, namespace: string, name: string): T | undefined {
    const found = this.read.get(keyOf(resource, namespace, name));
    return found && (parseExact(found.text) as T);
  }

  list<T extends KubeObject = KubeObject>(resource: GroupResource, namespace?: string): T[] {
    const found: T[] = [];
    for (const { items } of pages(this.read, keyPrefix(resource, namespace))) {
      for (const { text } of items) found.push(parseExact(text) as T);
    }
    return found;
  }

  count(resource: GroupResource): number {
    return this.read.count(keyPrefix(resource));
  }

  projections(resource: GroupResource, namespace: string): Iterable<Projection> {
    if (!this.isFollowed(resource)) throw new Error(`no controller follows ${resource}`);
    return this.byNamespace.of(`${resource}/${namespace}`);
  }

  projection(key: Key): Projection | undefined {
    const known = this.byKey.get(key);
    if (known || this.isFollowed(parseKey(key).resource)) return known;
    return this.readProjection(key);
  }

  owner(reference: OwnerReference, namespace: string): Projection | undefined {
    const served = this.kinds.findKind(reference.apiVersion, reference.kind);
    if (!served) return undefined;
    const inNamespace = (name: string): Projection | undefined => {
      const found = this.projection(keyOf(served.storage, name, reference.name));
      // An object that cannot be decrypted has no known uid: it may be this one.
      return found?.uid === reference.uid || found?.uid === '' ? found : undefined;
    };
    if (served.kind.scope === 'Cluster') return inNamespace('');
    return (namespace === '' ? undefined : inNamespace(namespace)) ?? this.elsewhere(reference, inNamespace);
  }

  isNamespaced(reference: OwnerReference): boolean | undefined {
    const served = this.kinds.findKind(reference.apiVersion, reference.kind);
    return served && served.kind.scope === 'Namespaced';
  }

  resourceOf(reference: OwnerReference): GroupResource | undefined {
    return this.kinds.findKind(reference.apiVersion, reference.kind)?.kind.resource;
  }

  *owned(): Iterable<Projection> {
    for (const projection of this.byKey.values()) if (projection.owners.length > 0) yield projection;
  }

  terminating(uid: string): Projection | undefined {
    return this.terminatingByUid.get(uid);
  }

  /** Some object that is being deleted is still an owner of others, and may wait for them. */
  get hasWaitingOwner(): boolean {
    for (const uid of this.terminatingByUid.keys()) if (this.byOwner.size(uid) > 0) return true;
    return false;
  }

  dependents(ownerUid: string): Projection[] {
    return [...this.byOwner.of(ownerUid)];
  }

  index(index: IndexDefinition, value: string): Iterable<Projection> {
    return this.indexOf(index).of(value);
  }

  indexSize(index: IndexDefinition, value: string): number {
    return this.indexOf(index).size(value);
  }

  content(resource: GroupResource, namespace: string): Content {
    const count = this.read.count(keyPrefix(resource, namespace));
    const terminating = count === 0 ? [] : [...this.terminatingByNamespace.of(`${resource}/${namespace}`)];
    return { resource, count, terminating };
  }

  contents(namespace: string): Content[] {
    return [...this.deletable()].map((resource) => this.content(resource, namespace)).filter(({ count }) => count > 0);
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

  private indexOf(index: IndexDefinition): Index {
    const declared = this.declared.get(index);
    if (!declared) throw new Error(`no controller declares the index ${index.name}`);
    return declared;
  }

  /** An object that cannot be decrypted (a Secret whose key was lost) exists all the same; only its name is known. */
  private readProjection(key: Key): Projection | undefined {
    try {
      const found = this.read.get(key);
      return found && this.describe(key, found.revision, parse(found.text));
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'unreadable') throw error;
      return this.describe(key, 0, { apiVersion: '', kind: '', metadata: {} });
    }
  }

  /** Looks through all namespaces, once for each reference that leads nowhere. */
  private elsewhere({ kind, name, uid }: OwnerReference, at: (namespace: string) => Projection | undefined) {
    const id = `${kind} ${name} ${uid}`;
    if (this.absent.has(uid) || this.absent.has(id)) return undefined;
    for (const namespace of this.projections(NAMESPACES, '')) {
      const found = at(namespace.name);
      if (found) return found;
    }
    this.absent.add(id);
    return undefined;
  }

  private isWorthParsing(stored: { key: Key; revision: number; text: string }): boolean {
    const { key, revision } = stored;
    if (!isProjected(key)) return false;
    const { resource } = parseKey(key);
    if (this.isFollowed(resource)) return true;
    if (revision <= (this.read.bootstrapRevision ?? 0)) return false;
    return isOwnedOrDeleting(stored.text);
  }

  private isKept({ resource, owners, deleting }: Projection): boolean {
    return owners.length > 0 || deleting || this.isFollowed(resource);
  }

  private link(projection: Projection): void {
    const { key, uid, deleting } = projection;
    this.byKey.set(key, projection);
    if (deleting) this.terminatingByUid.set(uid, projection);
    this.indexAll(projection, 'add');
  }

  private unlink(projection: Projection): void {
    const { key, uid } = projection;
    this.byKey.delete(key);
    if (this.terminatingByUid.get(uid) === projection) this.terminatingByUid.delete(uid);
    this.indexAll(projection, 'delete');
  }

  /** A projection for which an index throws is not in that index; the rest of the view is as it should be. */
  private valuesOf(definition: IndexDefinition, projection: Projection): readonly string[] {
    try {
      return definition.values(projection);
    } catch (error) {
      this.report(error, `${definition.name} of ${projection.key}`);
      return [];
    }
  }

  private indexAll(projection: Projection, act: 'add' | 'delete'): void {
    const { resource, namespace, owners, deleting } = projection;
    const collection = `${resource}/${namespace}`;
    if (this.isFollowed(resource)) this.byNamespace[act](collection, projection);
    if (deleting) this.terminatingByNamespace[act](collection, projection);
    for (const { uid } of owners) this.byOwner[act](uid, projection);
    for (const definition of this.schema.indexesOf(resource)) {
      for (const value of this.valuesOf(definition, projection)) this.indexOf(definition)[act](value, projection);
    }
  }
}

function parse(text: string): KubeObject {
  return parseExact(text) as KubeObject;
}
