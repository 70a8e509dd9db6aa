/** The evaluation of a policy's expressions for one request and one parameter (apiserver `pkg/admission/plugin/cel/activation.go`). */

import type { ServedKind } from '../../../../kube/kinds/registry.ts';
import {
  type AccessQuestion,
  authorizerValue,
  resourceCheckValue,
} from '../../../../kube/machinery/cel/library/kubernetes/authorizer.ts';
import type { Compiled } from '../../../../kube/machinery/cel/policy/expressions.ts';
import { policyVariables } from '../../../../kube/machinery/cel/policy/variables.ts';
import { plainValue } from '../../../../kube/machinery/cel/values/data.ts';
import { CelError, type Dict, type Value } from '../../../../kube/machinery/cel/values/value.ts';
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { fieldRequirements } from '../../authz/index.ts';
import type { Attributes } from '../attributes.ts';
import { converted } from '../webhooks/review.ts';

const CALL_LIMIT = 1_000_000;
const BUDGET = 10_000_000;
const CONDITIONS_BUDGET = 2_500_000;

/** The cost budget is spent, so the policy's other expressions are not evaluated. */
export class OutOfBudget extends Error {
  constructor() {
    super('validation failed due to running out of cost budget, no further validation rules will be run');
  }
}

/** `ErrorType`, for metrics: also that of an expression that is false. */
export function errorType(message: string): string {
  if (message.startsWith('compilation')) return 'compile_error';
  return message === new OutOfBudget().message ? 'out_of_budget' : 'invalid_error';
}

export interface Inputs {
  attributes: Attributes;
  served: ServedKind;
  namespace: KubeObject | undefined;
  /** `object`, where it is not that of the attributes. */
  object?: KubeObject | undefined;
}

export type RequestValues = ReadonlyMap<string, Value>;

/** Values that all evaluations of a policy share. */
export function requestValues(inputs: Inputs): RequestValues {
  const { attributes, served, namespace: namespaceObject, object = attributes.object } = inputs;
  const { kind } = served;
  const { call, operation, subresource, requestKind, requestResource, userInfo } = attributes;
  const { toldName: name, toldNamespace: namespace } = attributes;
  const { name: username, uid, groups, extra = {} } = userInfo;
  const isOwn = kind === call.kind;
  const request = {
    kind: isOwn ? attributes.kind : { group: kind.group, version: kind.version, kind: kind.kind },
    resource: isOwn ? attributes.resource : { group: kind.group, version: kind.version, resource: kind.plural },
    ...(subresource ? { subResource: subresource, requestSubResource: subresource } : {}),
    requestKind,
    requestResource,
    ...(name ? { name } : {}),
    ...(namespace ? { namespace } : {}),
    operation,
    userInfo: {
      username,
      ...(uid ? { uid } : {}),
      groups,
      ...(Object.keys(extra).length > 0 ? { extra } : {}),
    },
    dryRun: attributes.dryRun,
    options: attributes.operationOptions ?? null,
  };
  const ask = (question: AccessQuestion) => decide(attributes, question);
  const { group, resource } = attributes.resource;
  const about = { group, resource, subresource, namespace, name };
  return new Map<string, Value>([
    ['object', plainValue(converted(object, attributes, served) ?? null)],
    ['oldObject', plainValue(converted(attributes.oldObject, attributes, served) ?? null)],
    ['request', plainValue(request)],
    ['namespaceObject', plainValue(namespaceObject ?? null)],
    ['authorizer', authorizerValue(ask)],
    ['authorizer.requestResource', resourceCheckValue(ask, about)],
  ]);
}

function decide({ call, userInfo }: Attributes, question: AccessQuestion): { allowed: boolean; reason: string } {
  const { user, verb, path = '', group = '', resource = '', subresource = '', namespace = '', name = '' } = question;
  const { fieldSelector } = question;
  return call.server.authorize({
    user: user ? { ...userInfo, name: user.name, groups: [...user.groups], uid: '', extra: {} } : userInfo,
    verb,
    isResource: path === '',
    group,
    version: '*',
    resource,
    subresource,
    namespace,
    name,
    path,
    fields: fieldRequirements(fieldSelector),
  });
}

/**
 * The values as conditions see them: their matcher hands no namespace on, and names the resource of the request itself
 * beside the kind that is matched.
 */
function valuesOfConditions(values: RequestValues, attributes: Attributes): RequestValues {
  const request = values.get('request') as Dict;
  const { resource } = attributes;
  return new Map(values)
    .set('namespaceObject', null)
    .set('request', plainValue({ ...(request.raw() as object), resource }));
}

/** The values as messages and audit annotations see them: upstream gives them no authorizer. */
export function valuesOfTexts(values: RequestValues): RequestValues {
  return new Map([...values].filter(([name]) => !name.startsWith('authorizer')));
}

/** Whether all conditions hold, within a budget of their own; an error where one cannot be evaluated. */
export function conditionsHold(
  conditions: readonly Compiled[],
  values: RequestValues,
  attributes: Attributes,
  params?: KubeObject,
): { matches: boolean; error?: string } {
  if (conditions.length === 0) return { matches: true };
  const seen = valuesOfConditions(values, attributes);
  const evaluation = new Evaluation(seen, params, new Map(), CONDITIONS_BUDGET);
  const found: Value[] = [];
  try {
    for (const condition of conditions) found.push(evaluation.evaluate(condition));
  } catch (error) {
    if (!(error instanceof OutOfBudget)) throw error;
    return { matches: false, error: error.message };
  }
  if (found.includes(false)) return { matches: false };
  const errors = [...new Set(found.flatMap((value) => (value instanceof CelError ? value.message : [])))];
  if (errors.length === 0) return { matches: true };
  return { matches: true, error: errors.length === 1 ? (errors[0] as string) : `[${errors.join(', ')}]` };
}

/** Expressions that share a budget, and the values of the policy's variables. */
export class Evaluation {
  /** The units of cost that are left. */
  budget: number;
  private readonly values: RequestValues;
  private readonly variables: Value;

  constructor(
    request: RequestValues,
    params: KubeObject | undefined,
    variables: ReadonlyMap<string, Compiled>,
    budget = BUDGET,
  ) {
    this.values = new Map(request).set('params', plainValue(params ?? null));
    this.variables = policyVariables(variables, (compiled) => this.run(compiled));
    this.budget = budget;
  }

  /** An error has upstream's words. Throws OutOfBudget. */
  evaluate(compiled: Compiled): Value {
    if (compiled.error !== undefined) return new CelError(`compilation error: ${compiled.error}`);
    const value = this.run(compiled);
    if (!(value instanceof CelError)) return value;
    return new CelError(`expression '${compiled.source}' resulted in error: ${value.message}`);
  }

  private run({ program, error }: Compiled): Value {
    if (!program) return new CelError(error ?? '');
    const variables = (name: string) => (name === 'variables' ? this.variables : this.values.get(name));
    const { value, cost } = program.evaluate(variables, CALL_LIMIT);
    if (cost > this.budget) throw new OutOfBudget();
    this.budget -= cost;
    return value;
  }
}
