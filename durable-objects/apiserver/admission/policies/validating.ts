/**
 * ValidatingAdmissionPolicy (apiserver `pkg/admission/plugin/policy/validating/{dispatcher,validator}.go`): expressions
 * judge a write inside its commit.
 */
import type { PolicySpec } from '../../../../kube/kinds/admissionregistration/policies/match-resources.ts';
import { trimSpace } from '../../../../kube/machinery/cel/library/standard/strings.ts';
import { CelError, type Value } from '../../../../kube/machinery/cel/values/value.ts';
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { Reason } from '../../../../kube/machinery/status.ts';
import type { ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding } from '../../../../kube/types.ts';
import { ApiError } from '../../errors.ts';
import type { Attributes } from '../attributes.ts';
import { type Plugin, refuse } from '../plugin.ts';
import { type AuditAnnotations, AuditCollector, annotateFailure, auditAnnotations } from './audit.ts';
import type { CompiledPolicy } from './compiled.ts';
import { fails, invocationsOf, isExemptFromPolicies, namespaceOf } from './dispatch.ts';
import {
  conditionsHold,
  Evaluation,
  errorType,
  OutOfBudget,
  type RequestValues,
  requestValues,
  valuesOfTexts,
} from './evaluation.ts';
import type { BoundPolicy } from './registry.ts';

/** Bytes. */
const MAX_MESSAGE = 5 * 1024;

interface Denial {
  policy: string;
  binding?: string | undefined;
  message: string;
  reason?: string | undefined;
}

export const validatingAdmissionPolicy: Plugin = {
  name: 'ValidatingAdmissionPolicy',
  validate(attributes) {
    const policies = attributes.call.server.policies.validating();
    if (policies.length === 0 || isExemptFromPolicies(attributes.call)) return;
    const denials: Denial[] = [];
    for (const policy of policies) judge(policy, attributes, denials);
    const [first] = denials;
    if (first) throw denied(attributes, first);
  },
};

function judge(bound: BoundPolicy, attributes: Attributes, denials: Denial[]): void {
  const { metadata, spec = {} } = bound.policy;
  const collected = new AuditCollector();
  let request: RequestValues | undefined;
  for (const found of invocationsOf(bound, attributes)) {
    if ('problem' in found) {
      denials.push(found.problem);
      continue;
    }
    const { binding, params, served } = found;
    request ??= requestValues({ attributes, served, namespace: namespaceOf(attributes) });
    const compiled = bound.compiled();
    const judged = validate({ spec, compiled, request, params, attributes });
    if (judged.audit) collected.add(judged.audit);
    const judgement = { ...judged, policy: bound.policy, binding };
    count(judgement, attributes);
    act(judgement, attributes, denials);
  }
  collected.publish(metadata.name ?? '', attributes);
}

interface Finding {
  /** Of the expression among the policy's validations. */
  index: number;
  message: string;
  reason?: string | undefined;
}

interface Judgement {
  findings: readonly Finding[];
  /** What went wrong where the policy ignores failures. */
  ignored: readonly string[];
  audit?: AuditAnnotations;
}

interface BoundJudgement extends Judgement {
  policy: ValidatingAdmissionPolicy;
  binding: ValidatingAdmissionPolicyBinding;
}

interface Asked {
  spec: PolicySpec;
  compiled: CompiledPolicy;
  request: RequestValues;
  params: KubeObject | undefined;
  attributes: Attributes;
}

function validate({ spec, compiled, request, params, attributes }: Asked): Judgement {
  const failed = (message: string): Judgement =>
    fails(spec) ? { findings: [{ index: 0, message }], ignored: [] } : { findings: [], ignored: [message] };
  const { matches, error } = conditionsHold(compiled.conditions, request, attributes, params);
  if (error !== undefined) return failed(error);
  if (!matches) return { findings: [], ignored: [] };
  try {
    const judging = new Evaluation(request, params, compiled.variables);
    const results = compiled.validations.map(({ test }) => judging.evaluate(test));
    const texts = valuesOfTexts(request);
    const messages = messagesOf(compiled, new Evaluation(texts, params, compiled.variables, judging.budget));
    const findings: Finding[] = [];
    const ignored: string[] = [];
    for (const [index, result] of results.entries()) {
      const failure = result instanceof CelError ? result.message : messages.failure;
      if (failure !== undefined) {
        if (fails(spec)) findings.push({ index, message: failure });
        else ignored.push(failure);
      } else if (result !== true) {
        const { rule } = compiled.validations[index] as CompiledPolicy['validations'][number];
        const message = messageOf(rule, messages.values[index]);
        findings.push({ index, message, reason: rule.reason ?? 'Invalid' });
      }
    }
    const audit = auditAnnotations(compiled, new Evaluation(texts, params, compiled.variables));
    return { findings, ignored, audit };
  } catch (error) {
    if (!(error instanceof OutOfBudget)) throw error;
    return failed(error.message);
  }
}

/** Of all validations, also those that hold; `failure` is that of all where they cost too much. */
function messagesOf(
  { validations }: CompiledPolicy,
  evaluation: Evaluation,
): { values: (Value | undefined)[]; failure?: string } {
  try {
    return { values: validations.map(({ message }) => message && evaluation.evaluate(message)) };
  } catch (error) {
    if (!(error instanceof OutOfBudget)) throw error;
    return { values: [], failure: `failed messageExpression: ${error.message}` };
  }
}

function messageOf({ message, expression }: CompiledPolicy['validations'][number]['rule'], value?: Value): string {
  const text = typeof value === 'string' ? trimSpace(value) : '';
  const isUsable = text !== '' && !text.includes('\n') && new TextEncoder().encode(text).length <= MAX_MESSAGE;
  return isUsable ? text : trimSpace(message ?? '') || `failed expression: ${trimSpace(expression)}`;
}

/** Findings are counted by the actions of their binding (`validating/metrics/metrics.go`). */
function count(
  { findings, ignored, audit, policy: { metadata, spec = {} }, binding }: BoundJudgement,
  { call }: Attributes,
): void {
  const { metrics } = call.server;
  const counted = (action: string, message: string): void => {
    const labels = [action, errorType(message), metadata.name ?? '', binding.metadata.name ?? ''] as const;
    metrics.count('apiserver_validating_admission_policy_check_total', ...labels);
    metrics.observe('apiserver_validating_admission_policy_check_duration_seconds', 0, ...labels);
  };
  for (const message of ignored) counted('allow', message);
  for (const { message } of findings) {
    for (const action of binding.spec?.validationActions ?? []) counted(action.toLowerCase(), message);
  }
  if (fails(spec)) for (const message of audit?.errors ?? []) counted('deny', message);
}

/** An audit annotation that cannot be evaluated refuses the request whatever the binding's actions are. */
function act(
  { findings, audit, policy: { metadata, spec = {} }, binding }: BoundJudgement,
  attributes: Attributes,
  denials: Denial[],
): void {
  const names = { policy: metadata.name ?? '', binding: binding.metadata.name ?? '' };
  const actions = binding.spec?.validationActions ?? [];
  for (const { index, message, reason } of findings) {
    if (actions.includes('Deny')) denials.push({ ...names, message, reason });
    if (actions.includes('Audit')) annotateFailure(attributes, binding, index, message);
    if (!actions.includes('Warn')) continue;
    const by = `ValidatingAdmissionPolicy '${names.policy}' with binding '${names.binding}'`;
    attributes.call.warnings.push(`Validation failed for ${by}: ${message}`);
  }
  if (fails(spec)) denials.push(...(audit?.errors ?? []).map((message) => ({ ...names, message })));
}

function denied(attributes: Attributes, { policy, binding, message, reason }: Denial): ApiError {
  const by = `ValidatingAdmissionPolicy '${policy}'${binding === undefined ? '' : ` with binding '${binding}'`}`;
  const text = `${by} denied request: ${message}`;
  const error = refuse(attributes, text, [{ message: text }]);
  return new ApiError((reason ?? 'Invalid') as Reason, error.message, error.options);
}
