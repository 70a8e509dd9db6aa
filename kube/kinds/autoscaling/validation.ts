/** `validateHorizontalPodAutoscalerSpec` in `pkg/apis/autoscaling/validation/validation.go` */
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import type { HorizontalPodAutoscaler } from '../../types.ts';
import { validateMetric, validateReference, validateRules } from './metrics-validation.ts';

/** `old`, on update: a version that was there for the same kind may stay. */
export function validateHPA({ spec }: HorizontalPodAutoscaler, old?: HorizontalPodAutoscaler): FieldError[] {
  const { minReplicas, maxReplicas = 0, scaleTargetRef, metrics = [], behavior } = spec ?? {};
  const errors: FieldError[] = [];
  if (minReplicas !== undefined && minReplicas < 1) {
    errors.push(fieldError.invalid('spec.minReplicas', minReplicas, 'must be greater than or equal to 1'));
  }
  if (maxReplicas === 0) errors.push(fieldError.required('spec.maxReplicas', 'must be set and greater than 0'));
  else if (maxReplicas < 0) {
    errors.push(fieldError.invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to 1'));
  }
  if (minReplicas !== undefined && maxReplicas < minReplicas) {
    const detail = 'must be greater than or equal to `minReplicas`';
    errors.push(fieldError.invalid('spec.maxReplicas', maxReplicas, detail));
  }
  const before = old?.spec?.scaleTargetRef;
  const isKept = before?.apiVersion === scaleTargetRef?.apiVersion && before?.kind === scaleTargetRef?.kind;
  const reference = validateReference(scaleTargetRef, 'spec.scaleTargetRef');
  errors.push(...reference.filter(({ field }) => !(old && isKept && field.endsWith('.apiVersion'))));
  for (const [index, metric] of metrics.entries()) errors.push(...validateMetric(metric, `spec.metrics[${index}]`));
  if (minReplicas === 0 && !metrics.some(({ type }) => type === 'Object' || type === 'External')) {
    const detail = 'must specify at least one Object or External metric to support scaling to zero replicas';
    errors.push(fieldError.forbidden('spec.metrics', detail));
  }
  return [
    ...errors,
    ...validateRules(behavior?.scaleUp, 'spec.behavior.scaleUp'),
    ...validateRules(behavior?.scaleDown, 'spec.behavior.scaleDown'),
  ];
}
