/** The rules that apply to a user (upstream `pkg/registry/rbac/validation/rule.go` DefaultRuleResolver). */
import { sameJson } from '../../../../kube/machinery/equality.ts';
import type { Key } from '../../../../kube/machinery/resource.ts';
import { bootstrapRules } from '../../../../kube/rbac/policy/index.ts';
import { RBAC } from '../../../../kube/rbac/rules.ts';
import type { PolicyRule, Role } from '../../../../kube/types.ts';
import type { Store } from '../../../store/store.ts';
import type { UserInfo } from '../../request.ts';
import { BindingIndex } from './binding-index.ts';
import type { Grant } from './grant.ts';

const ROLES = [`roles.${RBAC}`, `clusterroles.${RBAC}`] as const;

/** Roles held in memory. */
const MAX_ROLES = 10_000;

export type PolicyStore = Pick<Store, 'get' | 'scan' | 'onCommit'>;

export interface RulesOfUser {
  /** One list for each binding that counts; those of one role share it. */
  lists: (readonly PolicyRule[])[];
  /** Grants whose role is not there. */
  broken: Grant[];
}

export class RuleResolver {
  readonly #store: PolicyStore;
  readonly #bindings: BindingIndex;
  /** Roles that were asked for since they changed; null: there is none of that key. */
  readonly #roles = new Map<Key, readonly PolicyRule[] | null>();

  constructor(store: PolicyStore) {
    this.#store = store;
    this.#bindings = new BindingIndex(store);
    store.onCommit((entries) => {
      for (const { key } of entries) this.#roles.delete(key);
    }, ROLES);
  }

  /** Calls back with each grant to a user and its rules, until `visit` answers true. */
  visit(user: UserInfo, namespace: string, visit: (grant: Grant, rules?: readonly PolicyRule[]) => boolean): void {
    this.#bindings.visit(user, namespace, (grant) => visit(grant, this.rulesOf(grant.role)));
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
    // Bindings name any roles, those that are not there included.
    if (this.#roles.size >= MAX_ROLES) this.#roles.clear();
    this.#roles.set(key, rules ?? null);
    return rules;
  }

  #read(key: Key): readonly PolicyRule[] | undefined {
    const stored = key === '' ? undefined : this.#store.get(key);
    if (!stored) return undefined;
    const rules = ((stored.object?.() ?? JSON.parse(stored.text)) as Role).rules ?? [];
    // Clusters share what they have in common.
    const shared = bootstrapRules(key);
    return shared && sameJson(shared, rules) ? shared : rules;
  }
}
