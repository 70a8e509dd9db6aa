/** `ValidateDeployment` in `pkg/apis/apps/validation/validation.go` */
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { schemaOf } from '../../machinery/schema/resolve.ts';
import type { Deployment } from '../../types.ts';
import { validateImmutable, validateNonNegative } from '../validation/fields.ts';
import {
  amount,
  type IntOrPercent,
  validateAtMost100Percent,
  validateIntOrPercent,
} from '../validation/int-or-percent.ts';
import { validateCollisions, validateCounts, validateReplicated } from '../validation/workloads.ts';

type Spec = NonNullable<Deployment['spec']>;

function validateRollingUpdate(
  { maxUnavailable, maxSurge }: { maxUnavailable?: IntOrPercent; maxSurge?: IntOrPercent },
  field: string,
): FieldError[] {
  const errors = [
    ...validateIntOrPercent(maxUnavailable, `${field}.maxUnavailable`),
    ...validateIntOrPercent(maxSurge, `${field}.maxSurge`),
  ];
  if (amount(maxUnavailable) === 0 && amount(maxSurge) === 0) {
    const detail = 'may not be 0 when `maxSurge` is 0';
    errors.push(fieldError.invalid(`${field}.maxUnavailable`, maxUnavailable, detail));
  }
  return [...errors, ...validateAtMost100Percent(maxUnavailable, `${field}.maxUnavailable`)];
}

function validateStrategy({ strategy = {} }: Spec): FieldError[] {
  const field = 'spec.strategy';
  const { type = '', rollingUpdate } = strategy;
  if (type === 'Recreate') {
    const detail = "may not be specified when strategy `type` is 'Recreate'";
    return rollingUpdate ? [fieldError.forbidden(`${field}.rollingUpdate`, detail)] : [];
  }
  if (type === 'RollingUpdate') return validateRollingUpdate(rollingUpdate ?? {}, `${field}.rollingUpdate`);
  const { maxUnavailable: MaxUnavailable = 0, maxSurge: MaxSurge = 0 } = rollingUpdate ?? {};
  const shown = { Type: type, RollingUpdate: rollingUpdate ? { MaxUnavailable, MaxSurge } : null };
  return [fieldError.notSupported(field, shown, ['Recreate', 'RollingUpdate'])];
}

export function validateDeployment({ spec = {} as Spec }: Deployment): FieldError[] {
  const { progressDeadlineSeconds, minReadySeconds = 0 } = spec;
  const errors = [
    ...validateNonNegative(spec.replicas, 'spec.replicas'),
    ...validateReplicated(spec, 'spec'),
    ...validateStrategy(spec),
    ...validateNonNegative(minReadySeconds, 'spec.minReadySeconds'),
    ...validateNonNegative(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit'),
    ...validateNonNegative(progressDeadlineSeconds, 'spec.progressDeadlineSeconds'),
  ];
  if (progressDeadlineSeconds !== undefined && progressDeadlineSeconds <= minReadySeconds) {
    const detail = 'must be greater than minReadySeconds';
    errors.push(fieldError.invalid('spec.progressDeadlineSeconds', progressDeadlineSeconds, detail));
  }
  return errors;
}

export function validateDeploymentUpdate(next: Deployment, old: Deployment): FieldError[] {
  return validateImmutable(
    next.spec?.selector,
    old.spec?.selector,
    'spec.selector',
    schemaOf('io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector'),
  );
}

export function validateDeploymentStatusUpdate({ status }: Deployment, old: Deployment): FieldError[] {
  return [
    ...validateNonNegative(status?.observedGeneration, 'status.observedGeneration'),
    ...validateCounts(
      status,
      ['updatedReplicas', 'readyReplicas', 'availableReplicas'],
      ['unavailableReplicas', 'terminatingReplicas', 'collisionCount'],
    ),
    ...validateCollisions(status, old.status),
  ];
}
