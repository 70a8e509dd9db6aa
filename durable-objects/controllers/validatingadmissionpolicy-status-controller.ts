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

export function validatingAdmissionPolicyStatusController(served: RESTMapper): Controller {
  return defineController({
    name: 'validatingadmissionpolicy-status-controller',
    for: POLICIES,
    filter: ({ change }) => change !== 'delete',
    reconcile(key, view) {
      const policy = view.get<ValidatingAdmissionPolicy>(POLICIES, '', parseKey(key).name);
      const { generation = 0, name } = policy?.metadata ?? {};
      // Kinds that come or change later are not looked at before the policy itself changes.
      if (!policy || generation <= (policy.status?.observedGeneration ?? 0)) return { actions: [] };
      const warnings = typeWarnings(policy, served.kinds as readonly TypedKind[]);
      const typeChecking = warnings.length > 0 ? { expressionWarnings: warnings } : {};
      const { apiVersion, kind } = policy;
      const status = { observedGeneration: generation, typeChecking };
      const object = { apiVersion, kind, metadata: { name }, status };
      return { actions: [{ do: 'apply', resource: POLICIES, object, manager: MANAGER, subresource: 'status' }] };
    },
  });
}
