/** Upstream `pkg/apis/admissionregistration/validation/validation.go`: the rules by which requests are chosen. */
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import type { MutatingWebhookConfiguration } from '../../types.ts';

type Webhook = NonNullable<MutatingWebhookConfiguration['webhooks']>[number];
export type RuleWithOperations = NonNullable<Webhook['rules']>[number];

const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const SCOPES = ['*', 'Cluster', 'Namespaced'];

export function validateRule(rule: RuleWithOperations, field: string): FieldError[] {
  const { operations = [], apiGroups = [], apiVersions = [], resources = [], scope } = rule;
  const errors = [
    ...validateNames(operations, `${field}.operations`, 'operations'),
    ...operations.flatMap((operation, i) =>
      OPERATIONS.includes(operation)
        ? []
        : [fieldError.notSupported(`${field}.operations[${i}]`, operation, OPERATIONS)],
    ),
    ...validateNames(apiGroups, `${field}.apiGroups`, 'API groups'),
    ...validateNames(apiVersions, `${field}.apiVersions`, 'API versions'),
    ...apiVersions.flatMap((version, i) => (version === '' ? [fieldError.required(`${field}.apiVersions[${i}]`)] : [])),
    ...validateResources(resources, `${field}.resources`),
  ];
  if (scope !== undefined && !SCOPES.includes(scope)) {
    errors.push(fieldError.notSupported(`${field}.scope`, scope, SCOPES));
  }
  return errors;
}

function validateNames(names: readonly string[], field: string, noun: string): FieldError[] {
  if (names.length === 0) return [fieldError.required(field)];
  if (names.length === 1 || !names.includes('*')) return [];
  return [fieldError.invalid(field, names, `if '*' is present, must not specify other ${noun}`)];
}

function validateResources(resources: readonly string[], field: string): FieldError[] {
  if (resources.length === 0) return [fieldError.required(field)];
  const errors: FieldError[] = [];
  const withAllSubresources = new Set<string>();
  const ofAllResources = new Set<string>();
  let hasPlain = false;
  for (const [i, text] of resources.entries()) {
    const at = `${field}[${i}]`;
    if (text === '') errors.push(fieldError.required(at));
    const slash = text.indexOf('/');
    if (slash < 0) {
      // As upstream: the last one without a subresource counts.
      if (text !== '') hasPlain = text !== '*';
      continue;
    }
    const [resource, subresource] = [text.slice(0, slash), text.slice(slash + 1)];
    if (withAllSubresources.has(resource)) {
      errors.push(fieldError.invalid(at, text, `if '${resource}/*' is present, must not specify ${text}`));
    }
    if (ofAllResources.has(subresource)) {
      errors.push(fieldError.invalid(at, text, `if '*/${subresource}' is present, must not specify ${text}`));
    }
    if (subresource === '*') withAllSubresources.add(resource);
    if (resource === '*') ofAllResources.add(subresource);
  }
  if (resources.length > 1 && resources.includes('*/*')) {
    errors.push(fieldError.invalid(field, resources, "if '*/*' is present, must not specify other resources"));
  }
  if (resources.includes('*') && hasPlain) {
    const detail = "if '*' is present, must not specify other resources without subresources";
    errors.push(fieldError.invalid(field, resources, detail));
  }
  return errors;
}
