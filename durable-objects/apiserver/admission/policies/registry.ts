/**
 * The validating policies of the cluster with their bindings, by name. Read when a write first asks for them, and again
 * when one has changed; a policy is compiled when the first request matches it.
 */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { keyPrefix } from '../../../../kube/machinery/resource.ts';
import type { ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding } from '../../../../kube/types.ts';
import type { Store } from '../../../store/store.ts';
import { type CompiledPolicy, compilePolicy } from './compiled.ts';

export interface BoundPolicy {
  policy: ValidatingAdmissionPolicy;
  bindings: readonly ValidatingAdmissionPolicyBinding[];
  compiled(): CompiledPolicy;
}

const POLICIES = keyPrefix('validatingadmissionpolicies.admissionregistration.k8s.io');
const BINDINGS = keyPrefix('validatingadmissionpolicybindings.admissionregistration.k8s.io');

export class PolicyRegistry {
  readonly #store: Pick<Store, 'scan' | 'onCommit'>;
  #policies: readonly BoundPolicy[] | undefined;

  constructor(store: Pick<Store, 'scan' | 'onCommit'>) {
    this.#store = store;
    store.onCommit((entries) => {
      const isOurs = ({ key }: { key: string }) => key.startsWith(POLICIES) || key.startsWith(BINDINGS);
      if (this.#policies && entries.some(isOurs)) this.#policies = undefined;
    });
  }

  /** Policies without a binding are left out: they judge nothing. */
  all(): readonly BoundPolicy[] {
    this.#policies ??= this.#load();
    return this.#policies;
  }

  #load(): BoundPolicy[] {
    const policies = this.#read<ValidatingAdmissionPolicy>(POLICIES);
    if (policies.length === 0) return [];
    const all = this.#read<ValidatingAdmissionPolicyBinding>(BINDINGS);
    return policies.flatMap((policy) => {
      const bindings = all.filter(({ spec }) => spec?.policyName === policy.metadata.name);
      let compiled: CompiledPolicy | undefined;
      return bindings.length === 0 ? [] : { policy, bindings, compiled: () => (compiled ??= compilePolicy(policy)) };
    });
  }

  #read<T>(prefix: string): T[] {
    return Array.from(this.#store.scan({ prefix }), ({ text }) => JSON.parse(text) as KubeObject as T);
  }
}
