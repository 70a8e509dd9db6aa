/** Policies with their programs (apiserver `pkg/admission/plugin/policy/{validating/plugin,mutating/compilation}.go`). */
import { type Compiled, PolicyExpressions } from '../../../../kube/machinery/cel/policy/expressions.ts';
import type { MutatingAdmissionPolicy, ValidatingAdmissionPolicy } from '../../../../kube/types.ts';

type Spec = NonNullable<ValidatingAdmissionPolicy['spec']>;

/** The parts that validating and mutating policies share. */
interface Common {
  conditions: readonly Compiled[];
  variables: ReadonlyMap<string, Compiled>;
}

export interface CompiledPolicy extends Common {
  validations: readonly { rule: NonNullable<Spec['validations']>[number]; test: Compiled; message?: Compiled }[];
  annotations: readonly { key: string; value: Compiled }[];
}

export interface CompiledMutations extends Common {
  mutations: readonly { type: string; patch: Compiled }[];
}

function compileCommon({ paramKind, variables = [], matchConditions = [] }: Pick<Spec, keyof Spec>): {
  expressions: PolicyExpressions;
  common: Common;
} {
  const expressions = new PolicyExpressions({ params: paramKind !== undefined, variables: variables.length > 0 });
  return {
    expressions,
    common: {
      conditions: matchConditions.map(({ expression }) =>
        expressions.compile(expression.trim(), ['bool'], { variables: false }),
      ),
      variables: new Map(variables.map(({ name, expression }) => [name, expressions.addVariable(name, expression)])),
    },
  };
}

export function compilePolicy({ spec = {} }: ValidatingAdmissionPolicy): CompiledPolicy {
  const { validations = [], auditAnnotations = [] } = spec;
  const { expressions, common } = compileCommon(spec);
  return {
    ...common,
    validations: validations.map((rule) => {
      const { expression, messageExpression } = rule;
      const test = expressions.compile(expression, ['bool']);
      if (!messageExpression?.trim()) return { rule, test };
      return { rule, test, message: expressions.compile(messageExpression, ['string'], { authorizer: false }) };
    }),
    annotations: auditAnnotations.map(({ key, valueExpression }) => ({
      key,
      value: expressions.compile(valueExpression.trim(), ['string', 'null_type']),
    })),
  };
}

export function compileMutations({ spec = {} }: MutatingAdmissionPolicy): CompiledMutations {
  const { expressions, common } = compileCommon(spec);
  const mutations = (spec.mutations ?? []).map(({ patchType, applyConfiguration, jsonPatch }) => {
    const source = (patchType === 'JSONPatch' ? jsonPatch : applyConfiguration)?.expression ?? '';
    const returns = patchType === 'JSONPatch' ? (['list(JSONPatch)'] as const) : (['Object'] as const);
    return { type: patchType, patch: expressions.compile(source, returns, { patches: true }) };
  });
  return { ...common, mutations };
}
