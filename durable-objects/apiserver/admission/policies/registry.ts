/**
 * The policies of the cluster with their bindings, by name. Read when a write first asks for them, and again when one
 * has changed; a policy is compiled when the first request matches it.
 */
import { keyPrefix } from '../../../../kube/machinery/resource.ts';
import type {
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
} from '../../../../kube/types.ts';
import { Derived, type DerivedStore } from '../../derived.ts';
import { type CompiledMutations, type CompiledPolicy, compileMutations, compilePolicy } from './compiled.ts';
import { ParamLabels } from './param-labels.ts';

export interface BoundPolicy<P = ValidatingAdmissionPolicy, B = ValidatingAdmissionPolicyBinding, C = CompiledPolicy> {
  policy: P;
  bindings: readonly B[];
  compiled(): C;
}

export type BoundMutations = BoundPolicy<MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding, CompiledMutations>;

type AnyPolicy = ValidatingAdmissionPolicy | MutatingAdmissionPolicy;
type AnyBinding = ValidatingAdmissionPolicyBinding | MutatingAdmissionPolicyBinding;

export class PolicyRegistry {
  readonly paramLabels: ParamLabels;
  readonly #validating: Derived<readonly BoundPolicy[]>;
  readonly #mutating: Derived<readonly BoundMutations[]>;

  constructor(store: DerivedStore) {
    this.paramLabels = new ParamLabels(store);
    this.#validating = follow(store, 'validating', compilePolicy);
    this.#mutating = follow(store, 'mutating', compileMutations);
  }

  /** Policies without a binding are left out: they judge nothing. */
  validating(): readonly BoundPolicy[] {
    return this.#validating.get();
  }

  /** As {@link validating}: they change nothing. */
  mutating(): readonly BoundMutations[] {
    return this.#mutating.get();
  }
}

function follow<P extends AnyPolicy, B extends AnyBinding, C>(
  store: DerivedStore,
  sort: 'validating' | 'mutating',
  compile: (policy: P) => C,
): Derived<readonly BoundPolicy<P, B, C>[]> {
  const prefixes = ['policies', 'policybindings'].map((plural) =>
    keyPrefix(`${sort}admission${plural}.admissionregistration.k8s.io`),
  );
  return new Derived(store, prefixes, ([policies = [], bindings = []]) =>
    boundPolicies(policies as P[], bindings as B[], compile),
  );
}

function boundPolicies<P extends AnyPolicy, B extends AnyBinding, C>(
  policies: readonly P[],
  all: readonly B[],
  compile: (policy: P) => C,
): BoundPolicy<P, B, C>[] {
  const byPolicy = Map.groupBy(all, ({ spec }) => spec?.policyName);
  return policies.flatMap((policy) => {
    const bindings = byPolicy.get(policy.metadata.name) ?? [];
    let compiled: C | undefined;
    return bindings.length === 0 ? [] : { policy, bindings, compiled: () => (compiled ??= compile(policy)) };
  });
}
