/**
 * The validating policies of the cluster with their bindings, by name. Read when a write first asks for them, and again
 * when one has changed; a policy is compiled when the first request matches it.
 */
import { keyPrefix } from '../../../../kube/machinery/resource.ts';
import type { ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding } from '../../../../kube/types.ts';
import { Derived, type DerivedStore } from '../../derived.ts';
import { type CompiledPolicy, compilePolicy } from './compiled.ts';

export interface BoundPolicy {
  policy: ValidatingAdmissionPolicy;
  bindings: readonly ValidatingAdmissionPolicyBinding[];
  compiled(): CompiledPolicy;
}

const POLICIES = keyPrefix('validatingadmissionpolicies.admissionregistration.k8s.io');
const BINDINGS = keyPrefix('validatingadmissionpolicybindings.admissionregistration.k8s.io');

export class PolicyRegistry {
  readonly #policies: Derived<readonly BoundPolicy[]>;

  constructor(store: DerivedStore) {
    this.#policies = new Derived(store, [POLICIES, BINDINGS], ([policies = [], bindings = []]) =>
      boundPolicies(policies as ValidatingAdmissionPolicy[], bindings as ValidatingAdmissionPolicyBinding[]),
    );
  }

  /** Policies without a binding are left out: they judge nothing. */
  all(): readonly BoundPolicy[] {
    return this.#policies.get();
  }
}

function boundPolicies(
  policies: readonly ValidatingAdmissionPolicy[],
  all: readonly ValidatingAdmissionPolicyBinding[],
): BoundPolicy[] {
  return policies.flatMap((policy) => {
    const bindings = all.filter(({ spec }) => spec?.policyName === policy.metadata.name);
    let compiled: CompiledPolicy | undefined;
    return bindings.length === 0 ? [] : { policy, bindings, compiled: () => (compiled ??= compilePolicy(policy)) };
  });
}
