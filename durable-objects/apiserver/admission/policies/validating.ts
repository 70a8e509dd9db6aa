/**
 * ValidatingAdmissionPolicy (apiserver `pkg/admission/plugin/policy/validating/{dispatcher,validator}.go`): expressions
 * judge a write inside its commit.
 */
import type { PolicySpec } from '../../../../kube/kinds/admissionregistration/policies/match-resources.ts';
import { CelError } from '../../../../kube/machinery/cel/values/value.ts';
import type { Reason } from '../../../../kube/machinery/status.ts';
import type { ValidatingAdmissionPolicyBinding } from '../../../../kube/types.ts';
import { ApiError } from '../../errors.ts';
import type { Attributes } from '../attributes.ts';
import { type Plugin, refuse } from '../plugin.ts';
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
    act(validate(spec, compiled, evaluation), metadata.name ?? '', binding, attributes, denials);
  }
}

interface Finding {
  message: string;
  reason?: string | undefined;
  /** Refused whatever the binding's actions are. */
  always?: true;
}

function validate(spec: PolicySpec, compiled: CompiledPolicy, evaluation: Evaluation): Finding[] {
  try {
    const { matches, error } = evaluation.conditions(compiled.conditions);
    if (error !== undefined) return fails(spec) ? [{ message: error }] : [];
    if (!matches) return [];
    const findings = compiled.validations.flatMap((validation) => judgement(validation, spec, evaluation));
    return [...findings, ...annotationErrors(spec, compiled, evaluation)];
  } catch (error) {
    if (!(error instanceof OutOfBudget)) throw error;
    return fails(spec) ? [{ message: error.message }] : [];
  }
}

function judgement(
  { rule, test, message }: CompiledPolicy['validations'][number],
  spec: PolicySpec,
  evaluation: Evaluation,
): Finding[] {
  const value = evaluation.evaluate(test);
  if (value === true) return [];
  if (value instanceof CelError) return fails(spec) ? [{ message: value.message }] : [];
  const evaluated = message && evaluation.evaluate(message);
  const text = typeof evaluated === 'string' ? evaluated.trim() : '';
  const usable = text !== '' && !text.includes('\n') && text.length <= MAX_MESSAGE;
  const fallback = rule.message?.trim() || `failed expression: ${rule.expression.trim()}`;
  return [{ message: usable ? text : fallback, reason: rule.reason ?? 'Invalid' }];
}

/** Nothing records audit annotations; one that cannot be evaluated is refused as upstream refuses it. */
function annotationErrors(spec: PolicySpec, { annotations }: CompiledPolicy, evaluation: Evaluation): Finding[] {
  return annotations.flatMap(({ value: compiled }) => {
    const value = evaluation.evaluate(compiled);
    return value instanceof CelError && fails(spec) ? [{ message: value.message, always: true as const }] : [];
  });
}

function act(
  found: readonly Finding[],
  policy: string,
  { metadata, spec }: ValidatingAdmissionPolicyBinding,
  { call }: Attributes,
  denials: Denial[],
): void {
  const binding = metadata.name ?? '';
  const actions = spec?.validationActions ?? [];
  for (const { message, reason, always } of found) {
    if (always || actions.includes('Deny')) denials.push({ policy, binding, message, reason });
    else if (actions.includes('Warn')) {
      call.warnings.push(
        `Validation failed for ValidatingAdmissionPolicy '${policy}' with binding '${binding}': ${message}`,
      );
    }
  }
}

function denied(attributes: Attributes, { policy, binding, message, reason }: Denial): ApiError {
  const by = `ValidatingAdmissionPolicy '${policy}'${binding === undefined ? '' : ` with binding '${binding}'`}`;
  const text = `${by} denied request: ${message}`;
  const error = refuse(attributes, text, [{ message: text }]);
  return new ApiError((reason ?? 'Invalid') as Reason, error.message, error.options);
}
