/**
 * validatingadmissionpolicy-status-controller (upstream `pkg/controller/validatingadmissionpolicystatus`): the status of
 * a policy tells where the types of its expressions do not fit the kinds that it is for.
 */
import { type TypedKind, typeWarnings } from '../../kube/machinery/cel/policy/type-checking.ts';
import { parseKey } from '../../kube/machinery/resource.ts';
import type { ValidatingAdmissionPolicy } from '../../kube/types.ts';
import { type Controller, defineController } from './runtime/controller.ts';
import type { RESTMapper } from './runtime/ports.ts';

const POLICIES = 'validatingadmissionpolicies.admissionregistration.k8s.io';
const MANAGER = 'validatingadmissionpolicy-status';

/** Characters of expressions that are checked in a run. */
const CHECKED_AT_ONCE = 20_000;
/** Characters that an expression counts for, beside its own. */
const EACH = 50;
/** The pause before the next run, in which requests have their turn. */
const NEXT_MS = 1;

interface Begun {
  uid?: string;
  generation: number;
  checks: ReturnType<typeof typeWarnings>;
}

export function validatingAdmissionPolicyStatusController(served: RESTMapper): Controller {
  /** Checks under way, by key; they begin anew when the cluster's object wakes. */
  const begun = new Map<string, Begun>();

  /** The warnings; undefined while there is more to check. */
  function check(key: string, { metadata }: ValidatingAdmissionPolicy, begin: () => Begun['checks']) {
    const { uid, generation = 0 } = metadata ?? {};
    let own = begun.get(key);
    if (own?.uid !== uid || own?.generation !== generation) own = { uid, generation, checks: begin() };
    begun.set(key, own);
    for (let checked = 0; checked < CHECKED_AT_ONCE; ) {
      const next = own.checks.next();
      if (next.done) {
        begun.delete(key);
        return next.value;
      }
      checked += EACH + next.value;
    }
    return undefined;
  }

  return defineController({
    name: 'validatingadmissionpolicy-status-controller',
    for: POLICIES,
    filter: ({ change }) => change !== 'delete',
    reconcile(key, view) {
      const policy = view.get<ValidatingAdmissionPolicy>(POLICIES, '', parseKey(key).name);
      const { generation = 0, name } = policy?.metadata ?? {};
      // Kinds that come or change later are not looked at before the policy itself changes.
      if (!policy || generation <= (policy.status?.observedGeneration ?? 0)) {
        begun.delete(key);
        return { actions: [] };
      }
      const warnings = check(key, policy, () => typeWarnings(policy, served.kinds as readonly TypedKind[]));
      if (!warnings) return { actions: [], requeueAfter: NEXT_MS };
      const typeChecking = warnings.length > 0 ? { expressionWarnings: warnings } : {};
      const { apiVersion, kind } = policy;
      const status = { observedGeneration: generation, typeChecking };
      const object = { apiVersion, kind, metadata: { name }, status };
      return { actions: [{ do: 'apply', resource: POLICIES, object, manager: MANAGER, subresource: 'status' }] };
    },
  });
}
