/**
 * ValidatingAdmissionPolicy (apiserver `pkg/admission/plugin/policy/validating/{dispatcher,validator}.go`): expressions
 * judge a write inside its commit.
 */
import type { PolicySpec } from '../../../../kube/kinds/admissionregistration/policies/match-resources.ts';
import { CelError } from '../../../../kube/machinery/cel/values/value.ts';
import type { Reason } from '../../../../kube/machinery/status.ts';
import type { ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding } from '../../../../kube/types.ts';
import { ApiError } from '../../errors.ts';
import type { Attributes } from '../attributes.ts';
import { type Plugin, refuse } from '../plugin.ts';
import { type AuditAnnotations, AuditCollector, annotateFailure, auditAnnotations } from './audit.ts';
import type { CompiledPolicy } from './compiled.ts';
import { fails, invocationsOf, isPolicyKind, namespaceOf } from './dispatch.ts';
import { Evaluation, OutOfBudget, requestValues } from './evaluation.ts';
import type { BoundPolicy } from './registry.ts';

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
    if (policies.length === 0 || isPolicyKind(attributes.call)) return;
    const denials: Denial[] = [];
    for (const policy of policies) judge(policy, attributes, denials);
    const [first] = denials;
    if (first) throw denied(attributes, first);
  },
};

function judge(bound: BoundPolicy, attributes: Attributes, denials: Denial[]): void {
  const { metadata, spec = {} } = bound.policy;
  const collected = new AuditCollector();
  let request: ReturnType<typeof requestValues> | undefined;
  for (const found of invocationsOf(bound, attributes)) {
    if ('problem' in found) {
      denials.push(found.problem);
      continue;
    }
    const { binding, params, served } = found;
    request ??= requestValues({ attributes, served, namespace: namespaceOf(attributes) });
    const compiled = bound.compiled();
    const evaluation = new Evaluation(request, params, compiled.variables);
    const judged = validate(spec, compiled, evaluation);
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
  /** An expression could not be evaluated. */
  error?: 'invalid_error' | 'out_of_budget';
}

interface Judgement {
  findings: readonly Finding[];
  /** Validations that hold. */
  passed: number;
  audit?: AuditAnnotations;
}

interface BoundJudgement extends Judgement {
  policy: ValidatingAdmissionPolicy;
  binding: ValidatingAdmissionPolicyBinding;
}

function validate(spec: PolicySpec, compiled: CompiledPolicy, evaluation: Evaluation): Judgement {
  const failed = (message: string, error: Finding['error']): Judgement => ({
    findings: fails(spec) ? [{ index: 0, message, error }] : [],
    passed: 0,
  });
  try {
    const { matches, error } = evaluation.conditions(compiled.conditions);
    if (error !== undefined) return failed(error, 'invalid_error');
    if (!matches) return { findings: [], passed: 0 };
    const findings = compiled.validations.flatMap((validation, index) => {
      const found = judgement(validation, spec, evaluation);
      return found ? [{ index, ...found }] : [];
    });
    evaluation.renewBudget();
    const passed = compiled.validations.length - findings.length;
    return { findings, passed, audit: auditAnnotations(compiled, evaluation) };
  } catch (error) {
    if (!(error instanceof OutOfBudget)) throw error;
    return failed(error.message, 'out_of_budget');
  }
}

function judgement(
  { rule, test, message }: CompiledPolicy['validations'][number],
  spec: PolicySpec,
  evaluation: Evaluation,
): Omit<Finding, 'index'> | undefined {
  const value = evaluation.evaluate(test);
  if (value === true) return undefined;
  if (value instanceof CelError) return fails(spec) ? { message: value.message, error: 'invalid_error' } : undefined;
  const evaluated = message && evaluation.evaluate(message);
  const text = typeof evaluated === 'string' ? evaluated.trim() : '';
  const usable = text !== '' && !text.includes('\n') && text.length <= MAX_MESSAGE;
  const fallback = rule.message?.trim() || `failed expression: ${rule.expression.trim()}`;
  return { message: usable ? text : fallback, reason: rule.reason ?? 'Invalid' };
}

/** Findings are counted by the actions of their binding (`validating/metrics/metrics.go`). */
function count(
  { findings, passed, audit, policy: { metadata, spec = {} }, binding }: BoundJudgement,
  { call }: Attributes,
): void {
  const { metrics } = call.server;
  const counted = (action: string, error = 'no_error'): void => {
    const labels = [action, error, metadata.name ?? '', binding.metadata.name ?? ''] as const;
    metrics.count('apiserver_validating_admission_policy_check_total', ...labels);
    metrics.observe('apiserver_validating_admission_policy_check_duration_seconds', 0, ...labels);
  };
  for (let i = 0; i < passed; i++) counted('allow');
  for (const { error } of findings) {
    for (const action of binding.spec?.validationActions ?? []) counted(action.toLowerCase(), error);
  }
  if (fails(spec)) for (const _ of audit?.errors ?? []) counted('deny', 'invalid_error');
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
