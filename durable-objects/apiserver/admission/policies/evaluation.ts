/** One evaluation of a policy for one request and one parameter (apiserver `pkg/admission/plugin/cel/activation.go`). */

import type { ServedKind } from '../../../../kube/kinds/registry.ts';
import {
  type AccessQuestion,
  authorizerValue,
  resourceCheckValue,
} from '../../../../kube/machinery/cel/library/kubernetes/authorizer.ts';
import type { Compiled } from '../../../../kube/machinery/cel/policy/expressions.ts';
import { policyVariables } from '../../../../kube/machinery/cel/policy/variables.ts';
import { plainValue } from '../../../../kube/machinery/cel/values/data.ts';
import { CelError, type Value } from '../../../../kube/machinery/cel/values/value.ts';
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

export interface Inputs {
  attributes: Attributes;
  served: ServedKind;
  namespace: KubeObject | undefined;
  /** `object`, where it is not that of the attributes. */
  object?: KubeObject | undefined;
}

/** Values that all evaluations of a policy share. */
export function requestValues({
  attributes,
  served,
  namespace,
  object = attributes.object,
}: Inputs): ReadonlyMap<string, Value> {
  const { kind } = served;
  const { call, operation, subresource, requestKind, requestResource, userInfo } = attributes;
  const { name: username, uid, groups, extra = {} } = userInfo;
  const isOwn = kind === call.kind;
  const request = {
    kind: isOwn ? attributes.kind : { group: kind.group, version: kind.version, kind: kind.kind },
    resource: isOwn ? attributes.resource : { group: kind.group, version: kind.version, resource: kind.plural },
    ...(subresource ? { subResource: subresource, requestSubResource: subresource } : {}),
    requestKind,
    requestResource,
    ...(attributes.name ? { name: attributes.name } : {}),
    ...(attributes.namespace ? { namespace: attributes.namespace } : {}),
    operation,
    userInfo: { username, ...(uid ? { uid } : {}), groups, extra },
    dryRun: attributes.dryRun,
    options: attributes.operationOptions ?? null,
  };
  const ask = (question: AccessQuestion) => decide(attributes, question);
  const { group, resource } = attributes.resource;
  const about = { group, resource, subresource, namespace: attributes.namespace, name: attributes.name };
  return new Map<string, Value>([
    ['object', plainValue(converted(object, attributes, served) ?? null)],
    ['oldObject', plainValue(converted(attributes.oldObject, attributes, served) ?? null)],
    ['request', plainValue(request)],
    ['namespaceObject', plainValue(namespace ?? null)],
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

export class Evaluation {
  private readonly values: ReadonlyMap<string, Value>;
  private readonly variables: Value;
  private budget = BUDGET;

  constructor(
    request: ReadonlyMap<string, Value>,
    params: KubeObject | undefined,
    variables: ReadonlyMap<string, Compiled>,
  ) {
    const values = new Map(request).set('params', plainValue(params ?? null));
    this.values = values;
    const evaluate = (compiled: Compiled) => this.run(compiled);
    this.variables = policyVariables(variables, evaluate);
  }

  /** Of a condition; upstream gives them a budget of their own. */
  conditions(conditions: readonly Compiled[]): { matches: boolean; error?: string } {
    this.budget = CONDITIONS_BUDGET;
    const errors: string[] = [];
    for (const condition of conditions) {
      const value = this.evaluate(condition);
      if (value === false) return { matches: false };
      if (value instanceof CelError) errors.push(value.message);
    }
    this.budget = BUDGET;
    if (errors.length === 0) return { matches: true };
    return { matches: true, error: errors.length === 1 ? errors[0] : `[${errors.join(', ')}]` };
  }

  renewBudget(): void {
    this.budget = BUDGET;
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
