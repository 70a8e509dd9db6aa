/**
 * ValidatingAdmissionPolicy (apiserver `pkg/admission/plugin/policy/validating/{dispatcher,validator}.go`): expressions
 * judge a write inside its commit.
 */
import type { PolicySpec } from '../../../../kube/kinds/admissionregistration/policies/match-resources.ts';
import { CelError } from '../../../../kube/machinery/cel/values/value.ts';
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { keyOf } from '../../../../kube/machinery/resource.ts';
import type { Reason } from '../../../../kube/machinery/status.ts';
import type { ValidatingAdmissionPolicyBinding } from '../../../../kube/types.ts';
import { ApiError, notFound } from '../../errors.ts';
import type { Attributes } from '../attributes.ts';
import { type Plugin, refuse } from '../plugin.ts';
import type { CompiledPolicy } from './compiled.ts';
import { Evaluation, OutOfBudget, requestValues } from './evaluation.ts';
import { matchOf } from './match.ts';
import { ConfigurationError, paramKindOf, paramsOf } from './params.ts';
import type { BoundPolicy } from './registry.ts';

const GROUP = 'admissionregistration.k8s.io';
const EXEMPT = /^(?:validating|mutating)admissionpolic(?:ies|ybindings)$/;
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
    const { kind, server } = attributes.call;
    const policies = server.policies.all();
    if (policies.length === 0 || (kind.group === GROUP && EXEMPT.test(kind.plural))) return;
    const denials: Denial[] = [];
    for (const policy of policies) judge(policy, attributes, denials);
    const [first] = denials;
    if (first) throw denied(attributes, first);
  },
};

function judge(bound: BoundPolicy, attributes: Attributes, denials: Denial[]): void {
  const { metadata, spec = {} } = bound.policy;
  const policy = metadata.name ?? '';
  const served = matchOf(spec.matchConstraints, attributes);
  if (!served) return;
  const misconfigured = (error: unknown, what: string, binding?: string) => {
    if (!(error instanceof ConfigurationError || error instanceof ApiError)) throw error;
    if (!fails(spec)) return;
    denials.push({ policy, binding, message: `failed to configure ${what}: ${error.message}` });
  };
  try {
    const paramKind = spec.paramKind && paramKindOf(spec.paramKind, attributes);
    let request: ReturnType<typeof requestValues> | undefined;
    for (const binding of bound.bindings) {
      const name = binding.metadata.name ?? '';
      try {
        if (!matchOf(binding.spec?.matchResources, attributes)) continue;
        for (const params of paramsOf(paramKind, binding.spec?.paramRef, attributes)) {
          request ??= requestValues({ attributes, served, namespace: namespaceOf(attributes) });
          const compiled = bound.compiled();
          const evaluation = new Evaluation(request, params, compiled.variables);
          const found = validate(spec, compiled, evaluation);
          act(found, policy, binding, attributes, denials);
        }
      } catch (error) {
        misconfigured(error, 'binding', name);
      }
    }
  } catch (error) {
    misconfigured(error, 'policy');
  }
}

const fails = ({ failurePolicy }: PolicySpec): boolean => failurePolicy !== 'Ignore';

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
  return annotations.flatMap((annotation) => {
    const value = evaluation.evaluate(annotation);
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

function namespaceOf({ call, namespace, reader }: Attributes): KubeObject | undefined {
  if (namespace === '' || call.kind.resource === 'namespaces') return undefined;
  const stored = reader.get(keyOf('namespaces', '', namespace));
  if (!stored) throw notFound('namespaces', namespace);
  const { metadata, spec, status } = JSON.parse(stored.text) as KubeObject;
  const { managedFields: _, ownerReferences: __, ...kept } = metadata;
  return { metadata: kept, spec, status } as unknown as KubeObject;
}

function denied(attributes: Attributes, { policy, binding, message, reason }: Denial): ApiError {
  const by = `ValidatingAdmissionPolicy '${policy}'${binding === undefined ? '' : ` with binding '${binding}'`}`;
  const text = `${by} denied request: ${message}`;
  const error = refuse(attributes, text, [{ message: text }]);
  return new ApiError((reason ?? 'Invalid') as Reason, error.message, error.options);
}
