/**
 * The status of a definition (apiextensions `pkg/controller/status`, `establish`, `apiapproval`). A schema that
 * is not structural is never accepted, so no condition tells of one.
 */
import { sameJson } from '../../machinery/equality.ts';
import { approvalOf } from './approval.ts';
import { type NewCondition, withCondition } from './conditions.ts';
import { decideNames, type TakenNames } from './naming.ts';
import { type CustomResourceDefinition, conditionOf, type DefinitionStatus, isConditionTrue } from './types.ts';

/** The status as it should be; undefined where it is so already. `now` is RFC 3339. */
export function statusOf(
  definition: CustomResourceDefinition,
  taken: TakenNames,
  now: string,
): DefinitionStatus | undefined {
  let status: DefinitionStatus = definition.status ?? {};
  const set = (condition: NewCondition) => {
    const present = conditionOf(status, condition.type);
    const isSame =
      present?.status === condition.status &&
      present.reason === condition.reason &&
      present.message === condition.message;
    if (!isSame) status = withCondition(status, condition, now);
  };
  const { names, condition } = decideNames(definition.spec.names, status.acceptedNames, taken);
  if (!sameJson(names, status.acceptedNames)) status = { ...status, acceptedNames: names };
  set(condition);
  const established = establishedCondition(definition, status);
  if (established) set(established);
  const approval = approvalOf(definition);
  if (approval) set({ ...APPROVALS[approval.state], message: approval.reason });
  return status === definition.status ? undefined : status;
}

function establishedCondition({ spec }: CustomResourceDefinition, status: DefinitionStatus): NewCondition | undefined {
  const type = 'Established';
  if (isConditionTrue(status, type)) return undefined;
  if (!isConditionTrue(status, 'NamesAccepted')) {
    if (conditionOf(status, type)) return undefined;
    return { type, status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' };
  }
  if (!isCertificate(spec.conversion?.webhook?.clientConfig?.caBundle)) {
    return { type, status: 'False', reason: 'InvalidCABundle', message: 'The conversion webhook CABundle is invalid' };
  }
  return { type, status: 'True', reason: 'InitialNamesAccepted', message: 'the initial names have been accepted' };
}

/** Base64 of PEM text; none at all will do. */
function isCertificate(bundle: string | undefined): boolean {
  if (!bundle) return true;
  try {
    return atob(bundle).includes('-----BEGIN CERTIFICATE-----');
  } catch {
    return false;
  }
}

const TYPE = 'KubernetesAPIApprovalPolicyConformant';
const APPROVALS = {
  invalid: { type: TYPE, status: 'False', reason: 'InvalidAnnotation' },
  missing: { type: TYPE, status: 'False', reason: 'MissingAnnotation' },
  approved: { type: TYPE, status: 'True', reason: 'ApprovedAnnotation' },
  bypassed: { type: TYPE, status: 'False', reason: 'UnapprovedAnnotation' },
} as const;
