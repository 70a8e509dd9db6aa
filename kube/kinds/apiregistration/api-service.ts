import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { isDNS1035Label, isDNS1123Subdomain, isPathSegmentName, isValidPortNumber } from '../../machinery/names.ts';
import type { APIService } from '../../types.ts';
import { ageColumn, column, nameColumn } from '../columns/column.ts';
import { defineKind, STATUS_RESETS_METADATA } from '../define.ts';
import { invalidEach } from '../validation/fields.ts';
import { isServedHere, localCondition, withCondition } from './conditions.ts';

const MAX_GROUP_PRIORITY = 20_000;
const MAX_VERSION_PRIORITY = 1000;
const STATUSES = ['True', 'False', 'Unknown'];

function service({ spec }: APIService): string {
  return spec?.service ? `${spec.service.namespace}/${spec.service.name}` : 'Local';
}

function available({ status }: APIService): string {
  const condition = status?.conditions?.find(({ type }) => type === 'Available');
  if (!condition) return 'Unknown';
  if (condition.status === 'True' || !condition.reason) return condition.status;
  return `${condition.status} (${condition.reason})`;
}

export const apiService = defineKind<APIService>({
  group: 'apiregistration.k8s.io',
  version: 'v1',
  kind: 'APIService',
  plural: 'apiservices',
  categories: ['api-extensions'],
  scope: 'Cluster',
  nameRule: 'path-segment',
  support: 'acted-on',
  allowUnconditionalUpdate: false,
  columns: [
    nameColumn,
    column('Service', 'The reference to the service that hosts this API endpoint.', service),
    column('Available', 'Whether this service is available.', available),
    ageColumn,
  ],
  resetFields: STATUS_RESETS_METADATA,
  freeFinalizers: true,
  statusKeeps: ['labels', 'annotations', 'finalizers', 'ownerReferences'],
  subresources: { status: true },
  strategy: {
    applyDefaults({ spec }) {
      if (spec?.service) spec.service.port ??= 443;
    },
    prepareForCreate(object, { now }) {
      object.status = isServedHere(object) ? withCondition(undefined, localCondition(now)) : {};
    },
    validate,
    validateStatusUpdate: validateStatus,
  },
});

/** kube-aggregator `pkg/apis/apiregistration/validation/validation.go`. */
function validate({ metadata: { name = '', generateName = '' }, spec }: APIService): FieldError[] {
  const { group = '', version = '', groupPriorityMinimum, versionPriority } = spec ?? ({} as Partial<Spec>);
  const errors: FieldError[] = [];
  const wanted = `${version}.${group}`;
  for (const [field, value] of Object.entries({ generateName, name })) {
    if (value === '' || value === wanted || isPathSegmentName(value).length > 0) continue;
    const detail = `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(wanted)}`;
    errors.push(fieldError.invalid(`metadata.${field}`, value, detail));
  }
  if (group === '' && version !== 'v1') {
    errors.push(fieldError.required('spec.group', 'only v1 may have an empty group and it better be legacy kube'));
  }
  if (group !== '') errors.push(...invalidEach('spec.group', group, isDNS1123Subdomain(group)));
  errors.push(...invalidEach('spec.version', version, isDNS1035Label(version)));
  errors.push(...validatePriority(groupPriorityMinimum, MAX_GROUP_PRIORITY, 'spec.groupPriorityMinimum'));
  errors.push(...validatePriority(versionPriority, MAX_VERSION_PRIORITY, 'spec.versionPriority'));
  return [...errors, ...validateTarget(spec ?? {})];
}

type Spec = NonNullable<APIService['spec']>;

function validatePriority(priority = 0, max: number, field: string): FieldError[] {
  if (priority > 0 && priority <= max) return [];
  return [fieldError.invalid(field, priority, `must be positive and less than ${max}`)];
}

function validateTarget({ service, caBundle, insecureSkipTLSVerify }: Partial<Spec>): FieldError[] {
  const insecure = 'spec.insecureSkipTLSVerify';
  if (!service) {
    const size = atob(caBundle ?? '').length;
    const detail = (field: string) => `local APIServices may not have ${field}`;
    return [
      ...(size > 0 ? [fieldError.invalid('spec.caBundle', `${size} bytes`, detail('a caBundle'))] : []),
      ...(insecureSkipTLSVerify ? [fieldError.invalid(insecure, true, detail('insecureSkipTLSVerify'))] : []),
    ];
  }
  const errors: FieldError[] = [];
  if (!service.namespace) errors.push(fieldError.required('spec.service.namespace'));
  if (!service.name) errors.push(fieldError.required('spec.service.name'));
  const { port = 0 } = service;
  const problems = isValidPortNumber(port);
  if (problems.length > 0) {
    errors.push(fieldError.invalid('spec.service.port', port, `port is not valid: ${problems.join(', ')}`));
  }
  if (insecureSkipTLSVerify && caBundle) {
    errors.push(fieldError.invalid(insecure, true, 'may not be true if caBundle is present'));
  }
  return errors;
}

function validateStatus({ status }: APIService): FieldError[] {
  return (status?.conditions ?? []).flatMap((condition, index) => {
    if (STATUSES.includes(condition.status)) return [];
    return [fieldError.notSupported(`status.conditions[${index}].status`, condition.status, STATUSES)];
  });
}
