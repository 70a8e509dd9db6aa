/** The rules that apply to a user (upstream `pkg/registry/rbac/validation/rule.go` DefaultRuleResolver). */
import { sameJson } from '../../../../kube/machinery/equality.ts';
import type { Key } from '../../../../kube/machinery/resource.ts';
import { bootstrapRules } from '../../../../kube/rbac/policy/index.ts';
import { RBAC } from '../../../../kube/rbac/rules.ts';
import type { PolicyRule, Role } from '../../../../kube/types.ts';
import type { Store } from '../../../store/store.ts';
import type { UserInfo } from '../../request.ts';
import { BINDING_KINDS, BindingIndex } from './binding-index.ts';
import type { Grant } from './grant.ts';
import { GrantIndex } from './grant-index.ts';

const ROLES = [`roles.${RBAC}`, `clusterroles.${RBAC}`] as const;

/** Roles held in memory. */
const MAX_ROLES = 10_000;
/** Bindings and rules up to this number are looked through in less time than an index takes. */
const FEW_RULES = 64;
/** Rules and lists that are held in indexes. */
const MAX_INDEXED = 20_000;

export type PolicyStore = Pick<Store, 'get' | 'scan' | 'onCommit' | 'onRollback'>;

export interface RulesOfUser {
  /** A list for each binding that counts; bindings of the same role share theirs. */
  lists: (readonly PolicyRule[])[];
  /** Grants whose role is not there. */
  broken: Grant[];
}

export class RuleResolver {
  readonly #store: PolicyStore;
  readonly #bindings: BindingIndex;
  /** Roles that were asked for since they changed; null: there is none of that key. */
  readonly #roles = new Map<Key, readonly PolicyRule[] | null>();
  /**
   * Indexes of the lists that were asked for since any role or binding changed; null: the list has too few rules for an
   * index.
   */
  readonly #indexes = new Map<readonly Grant[], GrantIndex | null>();
  #indexed = 0;

  constructor(store: PolicyStore) {
    this.#store = store;
    this.#bindings = new BindingIndex(store);
    store.onCommit(
      (entries) => {
        for (const { key } of entries) this.#roles.delete(key);
        this.#forgetIndexes();
      },
      [...ROLES, ...BINDING_KINDS],
    );
    store.onRollback(() => {
      this.#roles.clear();
      this.#forgetIndexes();
    });
  }

  #forgetIndexes(): void {
    this.#indexes.clear();
    this.#indexed = 0;
  }

  /** Calls back with each grant to a user and its rules, until `visit` answers true. */
  visit(user: UserInfo, namespace: string, visit: (grant: Grant, rules?: readonly PolicyRule[]) => boolean): void {
    this.#bindings.visit(user, namespace, (grant) => visit(grant, this.rulesOf(grant.role)));
  }

  /** Calls back with the lists of grants to a user and, where there are many rules, an index of them. */
  visitLists(
    user: UserInfo,
    namespace: string,
    visit: (grants: readonly Grant[], index: GrantIndex | null) => boolean,
  ): void {
    this.#bindings.visitLists(user, namespace, (grants) => visit(grants, this.#indexOf(grants)));
  }

  #indexOf(grants: readonly Grant[]): GrantIndex | null {
    const known = this.#indexes.get(grants);
    if (known !== undefined) return known;
    let rules = 0;
    for (const { role } of grants) rules += 1 + (this.rulesOf(role)?.length ?? 0);
    const index = rules > FEW_RULES ? new GrantIndex(grants, ({ role }) => this.rulesOf(role)) : null;
    this.#indexed += 1 + (index?.size ?? 0);
    if (this.#indexed > MAX_INDEXED) {
      this.#indexes.clear();
      this.#indexed = 1 + (index?.size ?? 0);
    }
    this.#indexes.set(grants, index);
    return index;
  }

  /** The rules of all grants to a user, each binding counted once. */
  rulesFor(user: UserInfo, namespace: string): RulesOfUser {
    const found: RulesOfUser = { lists: [], broken: [] };
    const seen = new Set<Key>();
    this.visit(user, namespace, (grant, rules) => {
      if (seen.has(grant.binding)) return false;
      seen.add(grant.binding);
      if (rules) found.lists.push(rules);
      else found.broken.push(grant);
      return false;
    });
    return found;
  }

  /** The rules of the role with this key; undefined when it is not there. */
  rulesOf(key: Key): readonly PolicyRule[] | undefined {
    const known = this.#roles.get(key);
    if (known !== undefined) return known ?? undefined;
    const rules = this.#read(key);
    // The memory is bounded, as bindings may also name roles that do not exist.
    if (this.#roles.size >= MAX_ROLES) this.#roles.clear();
    this.#roles.set(key, rules ?? null);
    return rules;
  }

  #read(key: Key): readonly PolicyRule[] | undefined {
    const stored = key === '' ? undefined : this.#store.get(key);
    if (!stored) return undefined;
    const rules = ((stored.object?.() ?? JSON.parse(stored.text)) as Role).rules ?? [];
    // Clusters share the rules of an unchanged bootstrap role.
    const shared = bootstrapRules(key);
    return shared && sameJson(shared, rules) ? shared : rules;
  }
}
