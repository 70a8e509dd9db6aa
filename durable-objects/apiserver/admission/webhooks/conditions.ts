/** The `matchConditions` of a webhook (apiserver `pkg/admission/plugin/webhook/matchconditions/matcher.go`). */
import { forbidden } from '../../errors.ts';
import type { Attributes } from '../attributes.ts';
import { Evaluation, OutOfBudget, requestValues } from '../policies/evaluation.ts';
import type { Hook } from './configuration.ts';
import { type Invocation, invocationOf } from './match.ts';

/**
 * As {@link invocationOf}, and all conditions of the hook must hold. Throws 403 when one cannot be evaluated, unless the
 * hook's policy is to ignore failures.
 */
export function conditionalInvocation(hook: Hook, attributes: Attributes): Invocation | undefined {
  const invocation = invocationOf(hook, attributes);
  if (!invocation || hook.conditions.length === 0) return invocation;
  const { matches, error } = evaluated(invocation, attributes);
  if (error === undefined) return matches ? invocation : undefined;
  if (hook.webhook.failurePolicy === 'Ignore') return undefined;
  throw forbidden(attributes.call.kind.resource, attributes.name, error);
}

function evaluated({ hook, served }: Invocation, attributes: Attributes): { matches: boolean; error?: string } {
  const values = requestValues({ attributes, served, namespace: undefined });
  try {
    return new Evaluation(values, undefined, new Map()).conditions(hook.conditions);
  } catch (error) {
    if (!(error instanceof OutOfBudget)) throw error;
    return { matches: false, error: error.message };
  }
}
