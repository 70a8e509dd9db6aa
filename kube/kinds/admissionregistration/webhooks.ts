/**
 * The webhooks of a configuration (upstream `pkg/apis/admissionregistration/{validation,v1}`, apiserver
 * `pkg/util/webhook/validation.go`).
 */
import { PolicyExpressions } from '../../machinery/cel/policy/expressions.ts';
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { isDNS1035Label, isDNS1123Subdomain } from '../../machinery/names.ts';
import type { MutatingWebhookConfiguration } from '../../types.ts';
import { invalidEach, validateEnum } from '../validation/fields.ts';
import { validateLabelSelector } from '../validation/labels.ts';
import { repeated } from '../validation/repeated.ts';
import { validateWebhookClient } from '../validation/webhook-client.ts';
import { validateConditions } from './policies/validate-policy.ts';
import { validateRule } from './rule-validation.ts';

/** A webhook of either configuration; `reinvocationPolicy` is a mutating webhook's. */
export type Webhook = NonNullable<MutatingWebhookConfiguration['webhooks']>[number];

const REVIEW_VERSIONS = ['v1', 'v1beta1'];

export function applyWebhookDefaults(webhooks: readonly Webhook[] | undefined, mutating: boolean): void {
  for (const webhook of webhooks ?? []) {
    webhook.failurePolicy ??= 'Fail';
    webhook.matchPolicy ??= 'Equivalent';
    webhook.namespaceSelector ??= {};
    webhook.objectSelector ??= {};
    webhook.timeoutSeconds ??= 10;
    if (mutating) webhook.reinvocationPolicy ??= 'Never';
    for (const rule of webhook.rules ?? []) rule.scope ??= '*';
    if (webhook.clientConfig?.service) webhook.clientConfig.service.port ??= 443;
  }
}

export function validateWebhooks(webhooks: readonly Webhook[] | undefined, mutating: boolean): FieldError[] {
  const all = webhooks ?? [];
  const twice = repeated(all.map(({ name }) => name));
  return all.flatMap((webhook, i) => {
    const field = `webhooks[${i}]`;
    const errors = validateWebhook(webhook, mutating, field);
    if (webhook.name && twice.has(i)) errors.push(fieldError.duplicate(`${field}.name`, webhook.name));
    return errors;
  });
}

function validateWebhook(webhook: Webhook, mutating: boolean, field: string): FieldError[] {
  const { name = '', rules, sideEffects, timeoutSeconds = 10, namespaceSelector, objectSelector } = webhook;
  const { failurePolicy, matchPolicy, reinvocationPolicy, clientConfig, matchConditions, admissionReviewVersions } =
    webhook;
  const errors = [
    ...validateFullName(name, `${field}.name`),
    ...(rules ?? []).flatMap((rule, i) => validateRule(rule, `${field}.rules[${i}]`)),
    ...validateEnum(failurePolicy, ['Fail', 'Ignore'], `${field}.failurePolicy`),
    ...validateEnum(matchPolicy, ['Equivalent', 'Exact'], `${field}.matchPolicy`),
  ];
  const allowed = ['None', 'NoneOnDryRun'];
  if (sideEffects === undefined) {
    errors.push(fieldError.required(`${field}.sideEffects`, `must specify one of ${allowed.join(', ')}`));
  } else errors.push(...validateEnum(sideEffects, allowed, `${field}.sideEffects`));
  if (timeoutSeconds > 30 || timeoutSeconds < 1) {
    const detail = 'the timeout value must be between 1 and 30 seconds';
    errors.push(fieldError.invalid(`${field}.timeoutSeconds`, timeoutSeconds, detail));
  }
  errors.push(
    ...validateLabelSelector(namespaceSelector, `${field}.namespaceSelector`),
    ...validateLabelSelector(objectSelector, `${field}.objectSelector`),
  );
  if (mutating) errors.push(...validateEnum(reinvocationPolicy, ['IfNeeded', 'Never'], `${field}.reinvocationPolicy`));
  return [
    ...errors,
    ...validateWebhookClient(clientConfig ?? {}, `${field}.clientConfig`),
    ...validateConditions(
      matchConditions ?? [],
      new PolicyExpressions({ params: false, variables: false }),
      `${field}.matchConditions`,
    ),
    ...validateReviewVersions(admissionReviewVersions ?? [], `${field}.admissionReviewVersions`),
  ];
}

/** `IsFullyQualifiedName` */
function validateFullName(name: string, field: string): FieldError[] {
  if (name === '') return [fieldError.required(field)];
  const problems = isDNS1123Subdomain(name);
  if (problems.length > 0) return [fieldError.invalid(field, name, problems.join(','))];
  if (name.split('.').length >= 3) return [];
  return [fieldError.invalid(field, name, 'should be a domain with at least three segments separated by dots')];
}

function validateReviewVersions(versions: readonly string[], field: string): FieldError[] {
  const accepted = REVIEW_VERSIONS.join(', ');
  if (versions.length === 0) return [fieldError.required(field, `must specify one of ${accepted}`)];
  const twice = repeated(versions);
  const errors = versions.flatMap((version, i) =>
    twice.has(i)
      ? [fieldError.invalid(`${field}[${i}]`, version, 'duplicate version')]
      : invalidEach(`${field}[${i}]`, version, isDNS1035Label(version)),
  );
  if (!versions.some((version) => REVIEW_VERSIONS.includes(version))) {
    errors.push(fieldError.invalid(field, versions, `must include at least one of ${accepted}`));
  }
  return errors;
}
