/** `validateHorizontalPodAutoscalerSpec` in `pkg/apis/autoscaling/validation/validation.go` */
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { isPathSegmentName } from '../../machinery/names.ts';
import type { HorizontalPodAutoscaler } from '../../types.ts';
import { invalidEach, validateEnum } from '../validation/fields.ts';

/** What of the core group, which has no name, can be scaled. */
const CORE_TARGETS = ['ReplicationController'];
const METRIC_TYPES = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'];

export function validateHPA({ spec }: HorizontalPodAutoscaler): FieldError[] {
  const { minReplicas, maxReplicas = 0, scaleTargetRef } = spec ?? {};
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
  for (const name of ['kind', 'name'] as const) {
    const value = scaleTargetRef?.[name];
    const field = `spec.scaleTargetRef.${name}`;
    if (!value) errors.push(fieldError.required(field));
    else errors.push(...invalidEach(field, value, isPathSegmentName(value)));
  }
  if (!scaleTargetRef?.apiVersion?.includes('/')) {
    const version = scaleTargetRef?.apiVersion ?? '';
    const core = version !== '' && CORE_TARGETS.includes(scaleTargetRef?.kind ?? '');
    if (!core) {
      const detail = 'apiVersion must specify API group';
      errors.push(fieldError.invalid('spec.scaleTargetRef.apiVersion', version, detail));
    }
  }
  if (minReplicas === 0 && !spec?.metrics?.some(({ type }) => type === 'Object' || type === 'External')) {
    const detail = 'must specify at least one Object or External metric to support scaling to zero replicas';
    errors.push(fieldError.forbidden('spec.metrics', detail));
  }
  for (const [index, { type }] of (spec?.metrics ?? []).entries()) {
    const field = `spec.metrics[${index}].type`;
    if (!type) errors.push(fieldError.required(field, 'must specify a metric source type'));
    else errors.push(...validateEnum(type, METRIC_TYPES, field));
  }
  return errors;
}
