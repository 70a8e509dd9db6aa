/** `ValidateDaemonSet` in `pkg/apis/apps/validation/validation.go` */
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { schemaOf } from '../../machinery/schema/resolve.ts';
import type { DaemonSet } from '../../types.ts';
import { validatePodTemplate } from '../core/pod-spec/validate.ts';
import { validateImmutable, validateNonNegative } from '../validation/fields.ts';
import { amount, validateAtMost100Percent, validateIntOrPercent } from '../validation/int-or-percent.ts';
import { validateLabelSelector } from '../validation/labels.ts';
import {
  readSelector,
  validateAlwaysRestarted,
  validateCollisions,
  validateNoneNegative,
  validateSelector,
  validateSelects,
} from '../validation/workloads.ts';

type Spec = NonNullable<DaemonSet['spec']>;

function validateUpdateStrategy({ updateStrategy = {} }: Spec): FieldError[] {
  const field = 'spec.updateStrategy';
  const { type = '', rollingUpdate } = updateStrategy;
  if (type === 'OnDelete') return [];
  if (type !== 'RollingUpdate') {
    const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate ?? {};
    const given = rollingUpdate ? { MaxUnavailable: maxUnavailable, MaxSurge: maxSurge } : null;
    return [fieldError.notSupported(field, { Type: type, RollingUpdate: given }, ['RollingUpdate', 'OnDelete'])];
  }
  if (!rollingUpdate) return [fieldError.required(`${field}.rollingUpdate`)];
  const { maxUnavailable, maxSurge } = rollingUpdate;
  const [unavailable, surge] = [`${field}.rollingUpdate.maxUnavailable`, `${field}.rollingUpdate.maxSurge`];
  const errors = [
    ...validateIntOrPercent(maxUnavailable, unavailable),
    ...validateIntOrPercent(maxSurge, surge),
    ...validateAtMost100Percent(maxUnavailable, unavailable),
    ...validateAtMost100Percent(maxSurge, surge),
  ];
  if (amount(maxUnavailable) !== 0 && amount(maxSurge) !== 0) {
    errors.push(fieldError.invalid(surge, maxSurge, 'may not be set when maxUnavailable is non-zero'));
  } else if (amount(maxUnavailable) === 0 && amount(maxSurge) === 0) {
    errors.push(fieldError.required(unavailable, 'cannot be 0 when maxSurge is 0'));
  }
  return errors;
}

export function validateDaemonSet({ spec = {} as Spec }: DaemonSet): FieldError[] {
  const at = 'spec.template';
  const selector = readSelector(spec.selector, 'spec.selector');
  const malformed = validateLabelSelector(spec.selector, 'spec.selector');
  const empty = spec.selector && malformed.length === 0;
  return [
    ...malformed,
    ...(selector ? validateSelects(selector, spec.template, at, false) : []),
    ...(empty ? validateSelector(spec.selector, 'daemonset', 'spec.selector') : []),
    ...validatePodTemplate(spec.template, at),
    ...validateAlwaysRestarted(spec.template, 'DaemonSet', at),
    ...validateNonNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...validateUpdateStrategy(spec),
    ...validateNonNegative(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit'),
  ];
}

export function validateDaemonSetUpdate(next: DaemonSet, old: DaemonSet): FieldError[] {
  return validateImmutable(
    next.spec?.selector,
    old.spec?.selector,
    'spec.selector',
    schemaOf('io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector'),
  );
}

export function validateDaemonSetStatusUpdate({ status }: DaemonSet, old: DaemonSet): FieldError[] {
  return [
    ...validateNoneNegative(status, [
      'currentNumberScheduled',
      'numberMisscheduled',
      'desiredNumberScheduled',
      'numberReady',
      'observedGeneration',
      'updatedNumberScheduled',
      'numberAvailable',
      'numberUnavailable',
      'collisionCount',
    ]),
    ...validateCollisions(status, old.status),
  ];
}
