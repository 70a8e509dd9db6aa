/** The Pod Security policies of namespaces: those whose labels ask for one, kept up from the log. */
import { keyPrefix, parseKey } from '../../../../kube/machinery/resource.ts';
import { DEFAULT_POLICY, LABELS, type Policy, policyOf } from '../../../../kube/pod-security/policy.ts';
import type { Namespace } from '../../../../kube/types.ts';
import type { Store } from '../../../store/store.ts';

const PREFIX = keyPrefix('namespaces');

/** The users, namespaces and runtime classes whose pods are admitted unseen (upstream's PodSecurityConfiguration). */
export interface Exemptions {
  usernames?: readonly string[];
  namespaces?: readonly string[];
  runtimeClasses?: readonly string[];
}

export class NamespacePolicies {
  readonly exemptions: Exemptions;
  readonly #store: Pick<Store, 'scan'>;
  #policies: Map<string, Policy> | undefined;

  constructor(store: Pick<Store, 'scan' | 'onCommit' | 'onRollback'>, exemptions: Exemptions = {}) {
    this.exemptions = exemptions;
    this.#store = store;
    store.onCommit(
      (entries) => {
        if (!this.#policies) return;
        for (const { key, change, text } of entries) take(this.#policies, key, change === 'delete' ? '' : text);
      },
      [PREFIX.slice(0, -1)],
    );
    store.onRollback(() => {
      this.#policies = undefined;
    });
  }

  /** Most namespaces ask for nothing, and few of those that do are held in memory. */
  of(namespace: string): Policy {
    this.#policies ??= this.#load();
    return this.#policies.get(namespace) ?? DEFAULT_POLICY;
  }

  #load(): Map<string, Policy> {
    const policies = new Map<string, Policy>();
    for (const { key, text } of this.#store.scan({ prefix: PREFIX })) take(policies, key, text);
    return policies;
  }
}

function take(policies: Map<string, Policy>, key: string, text: string): void {
  const { name } = parseKey(key);
  policies.delete(name);
  // The text is parsed only when it names such a label.
  if (!text.includes(LABELS)) return;
  const { metadata } = JSON.parse(text) as Namespace;
  policies.set(name, policyOf(metadata.labels).policy);
}
