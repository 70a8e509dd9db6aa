/**
 * The bindings by their subjects, kept from commits. Cluster role bindings, and the role bindings of a
 * namespace, are read once, when a request first asks for them after the object woke.
 */
import { sameJson } from '../../../../kube/machinery/equality.ts';
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { type Key, keyPrefix, parseKey } from '../../../../kube/machinery/resource.ts';
import { bootstrapObjects } from '../../../../kube/rbac/policy/index.ts';
import { RBAC } from '../../../../kube/rbac/rules.ts';
import type { RoleBinding, Subject } from '../../../../kube/types.ts';
import type { Store } from '../../../store/store.ts';
import type { UserInfo } from '../../request.ts';
import { Grant } from './grant.ts';

const CLUSTER_BINDINGS = `clusterrolebindings.${RBAC}`;
const BINDINGS = `rolebindings.${RBAC}`;
export const BINDING_KINDS = [BINDINGS, CLUSTER_BINDINGS] as const;
/** Namespaces held in memory; the name of one that does not exist costs as much as another. */
const MAX_NAMESPACES = 1000;

export type BindingStore = Pick<Store, 'scan' | 'onCommit' | 'onRollback'>;

export class BindingIndex {
  readonly #store: BindingStore;
  /** By namespace; '' has the cluster role bindings. */
  readonly #scopes = new Map<string, Scope>();

  constructor(store: BindingStore) {
    this.#store = store;
    store.onCommit((entries) => {
      for (const { key, change, text } of entries) {
        this.#scopes.get(parseKey(key).namespace)?.put(key, change === 'delete' ? undefined : JSON.parse(text));
      }
    }, BINDING_KINDS);
    store.onRollback(() => this.#scopes.clear());
  }

  /** Calls back with each grant to a user, cluster-wide ones first, until `visit` answers true. */
  visit(user: UserInfo, namespace: string, visit: (grant: Grant) => boolean): void {
    this.visitLists(user, namespace, (grants) => grants.some(visit));
  }

  /**
   * Calls back with the list of grants to the user, and to each group; a list keeps its identity until a binding
   * changes.
   */
  visitLists(user: UserInfo, namespace: string, visit: (grants: readonly Grant[]) => boolean): void {
    if (this.#scope('').visit(user, visit) || namespace === '') return;
    this.#scope(namespace).visit(user, visit);
  }

  #scope(namespace: string): Scope {
    let scope = this.#scopes.get(namespace);
    if (!scope) {
      if (this.#scopes.size > MAX_NAMESPACES) this.#scopes.clear();
      scope = new Scope(namespace);
      const prefix = namespace === '' ? keyPrefix(CLUSTER_BINDINGS) : keyPrefix(BINDINGS, namespace);
      for (const stored of this.#store.scan({ prefix })) {
        scope.put(stored.key, stored.object?.() ?? JSON.parse(stored.text));
      }
      this.#scopes.set(namespace, scope);
    }
    return scope;
  }
}

/** The bindings of one namespace, or of the cluster. */
class Scope {
  readonly #namespace: string;
  readonly #byUser = new Map<string, Grant[]>();
  readonly #byGroup = new Map<string, Grant[]>();
  readonly #subjects = new Map<Key, readonly Subject[]>();

  constructor(namespace: string) {
    this.#namespace = namespace;
  }

  /** True: `visit` has answered true. */
  visit({ name, groups }: UserInfo, visit: (grants: readonly Grant[]) => boolean): boolean {
    const own = this.#byUser.get(name);
    if (own && visit(own)) return true;
    for (const group of groups) {
      const grants = this.#byGroup.get(group);
      if (grants && visit(grants)) return true;
    }
    return false;
  }

  /** Does not change the binding; undefined for one that is gone. */
  put(key: Key, object: KubeObject | undefined): void {
    for (const subject of this.#subjects.get(key) ?? []) this.#remove(key, subject);
    this.#subjects.delete(key);
    if (!object) return;
    const { roleRef, subjects = [] } = object as unknown as RoleBinding;
    if (!roleRef || subjects.length === 0) return;
    const all = sharedGrants(key, roleRef, subjects) ?? grantsOf(key, roleRef, subjects);
    this.#subjects.set(
      key,
      all.map(({ subject }) => subject),
    );
    for (const grant of all) {
      const grants = this.#grantsTo(grant.subject);
      if (!grants?.some(({ binding }) => binding === key)) grants?.push(grant);
    }
  }

  #remove(key: Key, subject: Subject): void {
    const grants = this.#grantsTo(subject);
    const at = grants?.findIndex(({ binding }) => binding === key) ?? -1;
    if (at >= 0) grants?.splice(at, 1);
    if (grants?.length === 0) this.#forget(subject);
  }

  #forget(subject: Subject): void {
    if (subject.kind === 'Group') this.#byGroup.delete(subject.name);
    else this.#byUser.delete(this.#userOf(subject) ?? '');
  }

  /** undefined for a subject that no user can be. */
  #grantsTo(subject: Subject): Grant[] | undefined {
    if (subject.kind === 'Group') return listOf(this.#byGroup, subject.name);
    const user = this.#userOf(subject);
    return user === undefined ? undefined : listOf(this.#byUser, user);
  }

  /** A service account without a namespace is one of the binding's own. */
  #userOf({ kind, name, namespace }: Subject): string | undefined {
    if (kind === 'User') return name;
    if (kind !== 'ServiceAccount') return undefined;
    const of = namespace || this.#namespace;
    return of === '' ? undefined : `system:serviceaccount:${of}:${name}`;
  }
}

let shared: Map<Key, readonly Grant[]> | undefined;
/** The grants of bootstrap bindings by their `roleRef`, an object that all stores share. */
const ofGiven = new WeakMap<object, { subjects: readonly Subject[]; grants: readonly Grant[] }>();

/** The grants of an unchanged bootstrap binding, which all clusters of the isolate share. */
function sharedGrants(
  key: Key,
  roleRef: RoleBinding['roleRef'],
  subjects: readonly Subject[],
): readonly Grant[] | undefined {
  const known = ofGiven.get(roleRef);
  if (known?.subjects === subjects) return known.grants;
  shared ??= new Map(
    bootstrapObjects().flatMap(({ key, object }) => {
      const { roleRef, subjects } = object as unknown as RoleBinding;
      return roleRef && subjects ? [[key, grantsOf(key, roleRef, subjects)]] : [];
    }),
  );
  const grants = shared.get(key);
  if (!grants || !sameJson(grants, grantsOf(key, roleRef, subjects))) return undefined;
  ofGiven.set(roleRef, { subjects, grants });
  return grants;
}

function grantsOf(key: Key, roleRef: RoleBinding['roleRef'], subjects: readonly Subject[]): Grant[] {
  return subjects.map((subject) => new Grant(key, roleRef, subject));
}

function listOf(lists: Map<string, Grant[]>, key: string): Grant[] {
  let list = lists.get(key);
  if (!list) {
    list = [];
    lists.set(key, list);
  }
  return list;
}
