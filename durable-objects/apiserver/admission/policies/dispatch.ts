/**
 * Which policies are asked about a request, with which binding and parameter (apiserver
 * `pkg/admission/plugin/policy/generic/policy_dispatcher.go`).
 */
import type { PolicySpec } from '../../../../kube/kinds/admissionregistration/policies/match-resources.ts';
import type { ServedKind } from '../../../../kube/kinds/registry.ts';
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { keyOf } from '../../../../kube/machinery/resource.ts';
import type {
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
} from '../../../../kube/types.ts';
import type { Call } from '../../call.ts';
import { ApiError, notFound } from '../../errors.ts';
import type { Attributes } from '../attributes.ts';
import { matchOf } from './match.ts';
import { ConfigurationError, paramKindOf, paramsOf } from './params.ts';
import type { BoundPolicy } from './registry.ts';

const GROUP = 'admissionregistration.k8s.io';
const POLICIES = /^(?:validating|mutating)admissionpolic(?:ies|ybindings)$/;

/** Questions that a cluster lives by (upstream `pkg/kubeapiserver/admission/exclusion`). */
const REVIEWS: ReadonlySet<string> = new Set([
  'selfsubjectreviews.authentication.k8s.io',
  'tokenreviews.authentication.k8s.io',
  'localsubjectaccessreviews.authorization.k8s.io',
  'selfsubjectaccessreviews.authorization.k8s.io',
  'selfsubjectrulesreviews.authorization.k8s.io',
  'subjectaccessreviews.authorization.k8s.io',
]);

/** Policies are no business of policies, as one must not be able to keep itself, and neither are reviews. */
export function isExemptFromPolicies({ kind }: Pick<Call, 'kind'>): boolean {
  return (kind.group === GROUP && POLICIES.test(kind.plural)) || REVIEWS.has(kind.resource);
}

export const fails = ({ failurePolicy }: Pick<PolicySpec, 'failurePolicy'>): boolean => failurePolicy !== 'Ignore';

export interface PolicyInvocation<B> {
  binding: B;
  params: KubeObject | undefined;
  /** The kind in which the policy sees the object. */
  served: ServedKind;
}

/** A policy or a binding that cannot be asked. */
export interface PolicyProblem {
  policy: string;
  binding?: string | undefined;
  message: string;
}

/** In the order of bindings and parameters. Problems are left out where the policy ignores failures. */
export function* invocationsOf<
  P extends ValidatingAdmissionPolicy | MutatingAdmissionPolicy,
  B extends ValidatingAdmissionPolicyBinding | MutatingAdmissionPolicyBinding,
>(
  { policy: { metadata, spec = {} }, bindings }: BoundPolicy<P, B, unknown>,
  attributes: Attributes,
): Generator<PolicyInvocation<B> | { problem: PolicyProblem }> {
  const policy = metadata.name ?? '';
  const problem = (error: unknown, binding?: string): { problem: PolicyProblem }[] => {
    if (!(error instanceof ConfigurationError || error instanceof ApiError)) throw error;
    const what = binding === undefined ? 'policy' : 'binding';
    const message = `failed to configure ${what}: ${error.message}`;
    return fails(spec) ? [{ problem: { policy, binding, message } }] : [];
  };
  const served = matchOf(spec.matchConstraints, attributes);
  if (!served) return;
  let paramKind: ServedKind | undefined;
  try {
    paramKind = spec.paramKind && paramKindOf(spec.paramKind, attributes);
  } catch (error) {
    yield* problem(error);
    return;
  }
  for (const binding of bindings) {
    try {
      if (!matchOf(binding.spec?.matchResources, attributes)) continue;
      const params = paramsOf(paramKind, binding.spec?.paramRef, attributes);
      yield* params.map((each) => ({ binding, params: each, served }));
    } catch (error) {
      yield* problem(error, binding.metadata.name ?? '');
    }
  }
}

/** `namespaceObject`. Throws 404 where it is not there. */
export function namespaceOf({ call, namespace, reader }: Attributes): KubeObject | undefined {
  if (namespace === '' || call.kind.resource === 'namespaces') return undefined;
  const stored = reader.get(keyOf('namespaces', '', namespace));
  if (!stored) throw notFound('namespaces', namespace);
  const { metadata, spec, status } = JSON.parse(stored.text) as KubeObject;
  const { managedFields: _, ownerReferences: __, ...kept } = metadata;
  return { metadata: kept, spec, status } as unknown as KubeObject;
}
