/**
 * MutatingAdmissionPolicy (apiserver `pkg/admission/plugin/policy/mutating/dispatcher.go`): expressions change an object
 * before it is validated. What applies to a request is decided before any of them changes the object.
 */
import { CelError } from '../../../../kube/machinery/cel/values/value.ts';
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { MutatingAdmissionPolicyBinding } from '../../../../kube/types.ts';
import { ApiError } from '../../errors.ts';
import type { Attributes } from '../attributes.ts';
import { changed } from '../changed.ts';
import { replaceObject, shownObject } from '../patched-object.ts';
import { type Plugin, refuse } from '../plugin.ts';
import { Reinvocation } from '../reinvocation.ts';
import { objectBeforeNaming } from '../webhooks/review.ts';
import type { CompiledMutations } from './compiled.ts';
import {
  fails,
  invocationsOf,
  isExemptFromPolicies,
  namespaceOf,
  type PolicyInvocation,
  type PolicyProblem,
} from './dispatch.ts';
import {
  conditionsHold,
  Evaluation,
  errorType,
  type Inputs,
  OutOfBudget,
  type RequestValues,
  requestValues,
} from './evaluation.ts';
import { MutationError, outcomeOf } from './patches.ts';
import type { BoundMutations } from './registry.ts';

const NAME = 'MutatingAdmissionPolicy';

/**
 * Characters of an object that the mutations of one request may copy: each takes one, and is checked whole. Upstream has no
 * limit; a hundred mutations of the largest object would hold up all other requests for seconds.
 */
const MAX_COPIED = 16_000_000;

/** `reason` is left out where the policy could not be asked. */
type Problem = PolicyProblem & { reason?: 'Invalid' };
type Invocation = PolicyInvocation<MutatingAdmissionPolicyBinding> & { bound: BoundMutations };

export const mutatingAdmissionPolicy: Plugin = {
  name: NAME,
  mutate(attributes) {
    const policies = attributes.call.server.policies.mutating();
    if (policies.length === 0 || attributes.operation === 'DELETE' || isExemptFromPolicies(attributes.call)) return;
    const problems: Problem[] = [];
    const invocations: Invocation[] = [];
    for (const bound of policies) {
      for (const found of invocationsOf(bound, attributes)) {
        if ('problem' in found) problems.push(found.problem);
        else invocations.push({ ...found, bound });
      }
    }
    if (invocations.length > 0) problems.push(...runAll(invocations, attributes));
    if (problems.length > 0) throw refused(attributes, problems);
  },
};

/** Returns what has failed in policies that do not ignore failures. */
function runAll(invocations: readonly Invocation[], attributes: Attributes): Problem[] {
  attributes.reinvocation ??= new Reinvocation();
  const rounds = attributes.reinvocation.rounds(NAME);
  const namespace = namespaceOf(attributes);
  const problems: Problem[] = [];
  let isTouched = false;
  rounds.begin(attributes);
  for (const invocation of invocations) {
    const { bound, params, served, binding } = invocation;
    const { metadata, spec = {} } = bound.policy;
    const compiled = bound.compiled();
    const inputs = { attributes, served, namespace };
    const names = { policy: metadata.name ?? '', binding: binding.metadata.name ?? '' };
    const report = (message: string): void => {
      if (fails(spec)) problems.push({ ...names, message, reason: 'Invalid' });
    };
    const { conditions } = compiled;
    const { matches, error } =
      conditions.length === 0
        ? { matches: true, error: undefined }
        : conditionsHold(conditions, valuesOf(inputs), attributes, params);
    if (error !== undefined) report(error);
    const id = idOf(invocation);
    if (!matches || error !== undefined || !rounds.mayAsk(id)) continue;
    const { isChanged, succeeded } = mutate(compiled, inputs, params, (message) => {
      count(attributes, names, message);
      if (message !== undefined) report(message);
    });
    if (isChanged) {
      rounds.changed();
      changed(attributes, NAME, names.policy);
    }
    isTouched ||= succeeded;
    if (spec.reinvocationPolicy === 'IfNeeded') rounds.asked(id);
  }
  // The last one of all may wish to see its own changes.
  if (isTouched) rounds.changed();
  rounds.end(attributes);
  return problems;
}

function idOf({ bound, binding, params }: Invocation): string {
  const { namespace, name } = params?.metadata ?? {};
  return JSON.stringify([bound.policy.metadata.name, binding.metadata.name, namespace, name]);
}

function valuesOf(inputs: Inputs): RequestValues {
  return requestValues({ ...inputs, object: objectBeforeNaming(inputs.attributes) });
}

/** Each mutation is counted (`mutating/metrics/metrics.go`). */
function count({ call }: Attributes, { policy, binding }: { policy: string; binding: string }, error?: string): void {
  const { metrics } = call.server;
  const labels = [error === undefined ? 'no_error' : errorType(error), policy, binding] as const;
  metrics.count('apiserver_mutating_admission_policy_check_total', ...labels);
  metrics.observe('apiserver_mutating_admission_policy_check_duration_seconds', 0, ...labels);
}

/**
 * Applies the mutations in order, each to the object as the ones before have left it. `done` hears of each, with what is
 * wrong with it.
 */
function mutate(
  compiled: CompiledMutations,
  inputs: Inputs,
  params: KubeObject | undefined,
  done: (error?: string) => void,
): { isChanged: boolean; succeeded: boolean } {
  const { object } = inputs.attributes;
  const result = { isChanged: false, succeeded: false };
  if (!object) return result;
  for (const { type, patch } of compiled.mutations) {
    try {
      if (inputs.attributes.copied > MAX_COPIED) throw new OutOfBudget();
      // Each has a budget of its own, and variables of the object as it is now.
      const value = new Evaluation(valuesOf(inputs), params, compiled.variables).evaluate(patch);
      if (value instanceof CelError) throw new MutationError(value.message);
      const shown = shownObject(inputs);
      const next = outcomeOf({ type, value }, shown, inputs);
      if (next && replaceObject(object, next)) result.isChanged = true;
      result.succeeded = true;
      done();
    } catch (error) {
      if (!(error instanceof MutationError || error instanceof OutOfBudget)) throw error;
      done(error.message);
    }
  }
  return result;
}

/** The first problem is the request's; all of them are causes. */
function refused(attributes: Attributes, problems: readonly Problem[]): ApiError {
  const texts = problems.map(({ policy, binding, message }) => {
    const by =
      binding === undefined ? `policy ${JSON.stringify(policy)}` : `policy '${policy}' with binding '${binding}'`;
    return `${by} denied request: ${message}`;
  });
  const { details } = refuse(
    { call: attributes.call, name: attributes.name, object: objectBeforeNaming(attributes) },
    '',
    texts.map((message) => ({ message })),
  ).options;
  return new ApiError(problems[0]?.reason ?? 'Forbidden', texts[0] as string, { details, code: 403 });
}
