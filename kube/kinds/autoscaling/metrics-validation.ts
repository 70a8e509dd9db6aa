/** Rules for an autoscaler's metrics and behavior (`validateMetricSpec`, `validateScalingRules`). */
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { isDNS1123Label, isPathSegmentName } from '../../machinery/names.ts';
import { parseQuantity } from '../../machinery/quantity.ts';
import type { HorizontalPodAutoscaler } from '../../types.ts';
import { validateContainerName } from '../core/pod-spec/resource-requirements.ts';
import { invalidEach, validateEnum } from '../validation/fields.ts';

type Spec = NonNullable<HorizontalPodAutoscaler['spec']>;
type Metric = NonNullable<Spec['metrics']>[number];
type Target = NonNullable<Metric['resource']>['target'];
type Reference = Partial<Spec['scaleTargetRef']>;
type Rules = NonNullable<NonNullable<Spec['behavior']>['scaleUp']>;

/** The core group has no name, and this kind of it can be scaled. */
const CORE_TARGETS = ['ReplicationController'];
const METRIC_TYPES = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'];
/** The field of each type, in the order in which upstream reads them. */
const SOURCES = {
  Object: 'object',
  External: 'external',
  Pods: 'pods',
  Resource: 'resource',
  ContainerResource: 'containerResource',
} as const;
const TARGET_TYPES = ['Utilization', 'Value', 'AverageValue'];
const MAX_PERIOD = 1800;
const MAX_WINDOW = 3600;

function validateName(name: string | undefined, field: string, detail = ''): FieldError[] {
  if (!name) return [fieldError.required(field, detail)];
  return invalidEach(field, name, isPathSegmentName(name));
}

/** `ValidateCrossVersionObjectReference`. `coreToo`: kinds of the core group are taken. */
export function validateReference(
  { kind, name, apiVersion = '' }: Reference = {},
  field: string,
  coreToo = CORE_TARGETS.includes(kind ?? ''),
): FieldError[] {
  const errors = [...validateName(kind, `${field}.kind`), ...validateName(name, `${field}.name`)];
  const fault = versionFault(apiVersion, coreToo);
  return fault ? [...errors, fieldError.invalid(`${field}.apiVersion`, apiVersion, fault)] : errors;
}

/** `ParseGroupVersion`, and `ValidateAPIVersion` on top of it. */
function versionFault(apiVersion: string, coreToo: boolean): string | undefined {
  const parts = apiVersion.split('/');
  if (parts.length > 2) return `unexpected GroupVersion string: ${apiVersion}`;
  const group = parts.length === 2 ? parts[0] : '';
  return group || coreToo ? undefined : 'apiVersion must specify API group';
}

function validateTarget(target: Partial<Target> = {}, field: string): FieldError[] {
  const { type = '', averageUtilization } = target;
  const errors: FieldError[] = [];
  if (type === '') errors.push(fieldError.required(`${field}.type`, 'must specify a metric target type'));
  if (!TARGET_TYPES.includes(type)) {
    errors.push(fieldError.invalid(`${field}.type`, type, 'must be either Utilization, Value, or AverageValue'));
  }
  for (const name of ['value', 'averageValue'] as const) {
    const quantity = target[name];
    if (quantity === undefined || (parseQuantity(quantity)?.nano ?? 0n) > 0n) continue;
    errors.push(fieldError.invalid(`${field}.${name}`, quantity, 'must be positive'));
  }
  if (averageUtilization !== undefined && averageUtilization < 1) {
    errors.push(fieldError.invalid(`${field}.averageUtilization`, averageUtilization, 'must be greater than 0'));
  }
  return errors;
}

/** A target by one of two of its fields. */
function validateEither(
  target: Partial<Target> = {},
  fields: readonly [keyof Target, keyof Target],
  field: string,
  texts: { missing: string; both?: string },
): FieldError[] {
  const [first, second] = fields;
  const given = fields.filter((name) => target[name] !== undefined);
  if (given.length === 0) return [fieldError.required(`${field}.${first}`, texts.missing)];
  return given.length === 2 && texts.both ? [fieldError.forbidden(`${field}.${second}`, texts.both)] : [];
}

const UTILIZATION = {
  missing: 'must set either a target raw value or a target utilization',
  both: 'may not set both a target raw value and a target utilization',
};

/** By the field of the source. */
const VALIDATE: {
  [P in (typeof SOURCES)[keyof typeof SOURCES]]: (source: NonNullable<Metric[P]>, field: string) => FieldError[];
} = {
  object: ({ describedObject, metric, target }, field) => [
    ...validateReference(describedObject, `${field}.describedObject`, true),
    ...validateName(metric?.name, `${field}.metric.name`, 'must specify a metric name'),
    ...validateTarget(target, `${field}.target`),
    ...validateEither(target, ['averageValue', 'value'], `${field}.target`, {
      missing: 'must set either a target value or averageValue',
    }),
  ],
  external: ({ metric, target }, field) => [
    ...validateName(metric?.name, `${field}.metric.name`, 'must specify a metric name'),
    ...validateTarget(target, `${field}.target`),
    ...validateEither(target, ['averageValue', 'value'], `${field}.target`, {
      missing: 'must set either a target value for metric or a per-pod target',
      both: 'may not set both a target value for metric and a per-pod target',
    }),
  ],
  pods: ({ metric, target }, field) => [
    ...validateName(metric?.name, `${field}.metric.name`, 'must specify a metric name'),
    ...validateTarget(target, `${field}.target`),
    ...(target?.averageValue === undefined
      ? [fieldError.required(`${field}.target.averageValue`, 'must specify a positive target averageValue')]
      : []),
  ],
  resource: ({ name, target }, field) => [
    ...(name ? [] : [fieldError.required(`${field}.name`, 'must specify a resource name')]),
    ...validateTarget(target, `${field}.target`),
    ...validateEither(target, ['averageUtilization', 'averageValue'], `${field}.target`, UTILIZATION),
  ],
  containerResource: ({ name, container, target }, field) => [
    ...(name
      ? validateContainerName(name, `${field}.name`)
      : [fieldError.required(`${field}.name`, 'must specify a resource name')]),
    ...(container
      ? invalidEach(`${field}.container`, container, isDNS1123Label(container))
      : [fieldError.required(`${field}.container`, 'must specify a container')]),
    ...validateTarget(target, `${field}.target`),
    ...validateEither(target, ['averageUtilization', 'averageValue'], `${field}.target`, UTILIZATION),
  ],
};

export function validateMetric(metric: Metric, field: string): FieldError[] {
  const type: string = metric.type ?? '';
  const errors: FieldError[] = [];
  const unsupported = validateEnum(type, METRIC_TYPES, `${field}.type`);
  if (type === '') errors.push(fieldError.required(`${field}.type`, 'must specify a metric source type'));
  errors.push(...unsupported);
  const present = Object.values(SOURCES).filter((name) => metric[name] !== undefined);
  const [first] = present;
  if (first) {
    const validate = VALIDATE[first] as (source: unknown, field: string) => FieldError[];
    errors.push(...validate(metric[first], `${field}.${first}`));
  }
  const expected = Object.hasOwn(SOURCES, type) ? SOURCES[type as keyof typeof SOURCES] : undefined;
  // Upstream says of an unknown type twice that it is unsupported.
  if (expected === undefined) errors.push(...unsupported);
  else if (!present.some((name) => name === expected)) {
    errors.push(fieldError.required(`${field}.${expected}`, 'must populate information for the given metric source'));
  }
  if (present.length === 1) return errors;
  const others = present.filter((name) => name !== expected);
  const detail = 'must populate the given metric source only';
  return [...errors, ...others.map((name) => fieldError.forbidden(`${field}.${name}`, detail))];
}

export function validateRules(rules: Rules | undefined, field: string): FieldError[] {
  if (!rules) return [];
  const { stabilizationWindowSeconds: window, selectPolicy, policies = [], tolerance } = rules;
  const errors: FieldError[] = [];
  const at = `${field}.stabilizationWindowSeconds`;
  if (window !== undefined && window < 0) {
    errors.push(fieldError.invalid(at, window, 'must be greater than or equal to zero'));
  }
  if (window !== undefined && window > MAX_WINDOW) {
    errors.push(fieldError.invalid(at, window, `must be less than or equal to ${MAX_WINDOW}`));
  }
  if (selectPolicy !== undefined) {
    errors.push(...validateEnum(selectPolicy, ['Disabled', 'Max', 'Min'], `${field}.selectPolicy`));
  }
  if (policies.length === 0) {
    errors.push(fieldError.required(`${field}.policies`, 'must specify at least one Policy'));
  }
  for (const [index, policy] of policies.entries())
    errors.push(...validatePolicy(policy, `${field}.policies[${index}]`));
  if (tolerance !== undefined && (parseQuantity(tolerance)?.nano ?? 0n) < 0n) {
    errors.push(fieldError.invalid(`${field}.tolerance`, tolerance, 'must be greater than or equal to 0'));
  }
  return errors;
}

function validatePolicy(policy: NonNullable<Rules['policies']>[number], field: string): FieldError[] {
  const { type, value = 0, periodSeconds = 0 } = policy;
  const errors = validateEnum(type, ['Percent', 'Pods'], `${field}.type`);
  if (value <= 0) errors.push(fieldError.invalid(`${field}.value`, value, 'must be greater than zero'));
  const at = `${field}.periodSeconds`;
  if (periodSeconds <= 0) errors.push(fieldError.invalid(at, periodSeconds, 'must be greater than zero'));
  if (periodSeconds > MAX_PERIOD) {
    errors.push(fieldError.invalid(at, periodSeconds, `must be less than or equal to ${MAX_PERIOD}`));
  }
  return errors;
}
