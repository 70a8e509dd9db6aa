/** A policy with its programs (apiserver `pkg/admission/plugin/policy/validating/plugin.go` compilePolicy). */
import { type Compiled, PolicyExpressions } from '../../../../kube/machinery/cel/policy/expressions.ts';
import type { ValidatingAdmissionPolicy } from '../../../../kube/types.ts';

type Spec = NonNullable<ValidatingAdmissionPolicy['spec']>;

export interface CompiledPolicy {
  conditions: readonly Compiled[];
  variables: ReadonlyMap<string, Compiled>;
  validations: readonly { rule: NonNullable<Spec['validations']>[number]; test: Compiled; message?: Compiled }[];
  annotations: readonly Compiled[];
}

export function compilePolicy({ spec = {} }: ValidatingAdmissionPolicy): CompiledPolicy {
  const { paramKind, variables = [], validations = [], matchConditions = [], auditAnnotations = [] } = spec;
  const expressions = new PolicyExpressions({ params: paramKind !== undefined, variables: variables.length > 0 });
  return {
    conditions: matchConditions.map(({ expression }) =>
      expressions.compile(expression.trim(), ['bool'], { variables: false }),
    ),
    variables: new Map(variables.map(({ name, expression }) => [name, expressions.addVariable(name, expression)])),
    validations: validations.map((rule) => {
      const { expression, messageExpression } = rule;
      const test = expressions.compile(expression, ['bool']);
      if (!messageExpression?.trim()) return { rule, test };
      return { rule, test, message: expressions.compile(messageExpression, ['string'], { authorizer: false }) };
    }),
    annotations: auditAnnotations.map(({ valueExpression }) =>
      expressions.compile(valueExpression.trim(), ['string', 'null_type']),
    ),
  };
}
