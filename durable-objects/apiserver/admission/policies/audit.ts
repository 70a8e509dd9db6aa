/** Audit annotations of validating policies (apiserver `policy/validating/dispatcher.go`). */
import { trimSpace } from '../../../../kube/machinery/cel/library/standard/strings.ts';
import { CelError } from '../../../../kube/machinery/cel/values/value.ts';
import type { ValidatingAdmissionPolicyBinding } from '../../../../kube/types.ts';
import type { Attributes } from '../attributes.ts';
import { annotate } from '../audit.ts';
import type { CompiledPolicy } from './compiled.ts';
import type { Evaluation } from './evaluation.ts';

const FAILURE = 'validation.policy.admission.k8s.io/validation_failure';
/** Bytes. */
const MAX_VALUE = 10 * 1024;

export interface AuditAnnotations {
  values: readonly { key: string; value: string }[];
  /** Of expressions that cannot be evaluated. */
  errors: readonly string[];
}

/** Expressions that give null or nothing say nothing. */
export function auditAnnotations({ annotations }: CompiledPolicy, evaluation: Evaluation): AuditAnnotations {
  const values: { key: string; value: string }[] = [];
  const errors: string[] = [];
  for (const { key, value: compiled } of annotations) {
    const value = evaluation.evaluate(compiled);
    if (value instanceof CelError) errors.push(value.message);
    const text = typeof value === 'string' ? firstBytes(trimSpace(value)) : '';
    if (text !== '') values.push({ key, value: text });
  }
  return { values, errors };
}

function firstBytes(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return bytes.length <= MAX_VALUE ? text : new TextDecoder().decode(bytes.subarray(0, MAX_VALUE));
}

/** The values of a policy's annotations, of all its bindings and parameters. */
export class AuditCollector {
  readonly #values = new Map<string, Set<string>>();

  add({ values }: AuditAnnotations): void {
    for (const { key, value } of values) {
      const known = this.#values.get(key) ?? new Set();
      this.#values.set(key, known.add(value));
    }
  }

  publish(policy: string, attributes: Attributes): void {
    for (const [key, values] of this.#values) annotate(attributes, `${policy}/${key}`, [...values].join(', '));
  }
}

/** For `validationActions: [Audit]`. */
export function annotateFailure(
  attributes: Attributes,
  { metadata, spec }: ValidatingAdmissionPolicyBinding,
  expressionIndex: number,
  message: string,
): void {
  const { policyName: policy, validationActions } = spec ?? {};
  const failure = { message, policy, binding: metadata.name, expressionIndex, validationActions };
  annotate(attributes, FAILURE, JSON.stringify([failure]));
}
