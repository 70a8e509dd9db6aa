/** The `matchConditions` of a webhook (apiserver `pkg/admission/plugin/webhook/matchconditions/matcher.go`). */
import { ConversionError } from '../../../../kube/kinds/custom/conversion-webhook.ts';
import { converting } from '../../conversion/converting.ts';
import { forbidden, internalError } from '../../errors.ts';
import type { Attributes } from '../attributes.ts';
import { conditionsHold, requestValues } from '../policies/evaluation.ts';
import type { Hook } from './configuration.ts';
import { type Invocation, invocationOf } from './match.ts';
import { converted, objectBeforeNaming } from './review.ts';

/**
 * As {@link invocationOf}, and all conditions of the hook must hold. Throws 403 when one cannot be evaluated, unless the
 * hook's policy is to ignore failures.
 */
function conditionalInvocation(hook: Hook, attributes: Attributes, mutating: boolean): Invocation | undefined {
  const invocation = invocationOf(hook, attributes);
  if (!invocation || hook.conditions.length === 0) return invocation;
  const { served } = invocation;
  const values = requestValues({
    attributes,
    served,
    namespace: undefined,
    object: mutating ? objectBeforeNaming(attributes) : attributes.object,
  });
  const { matches, error } = conditionsHold(hook.conditions, values, attributes);
  if (error === undefined) return matches ? invocation : undefined;
  if (hook.webhook.failurePolicy === 'Ignore') return undefined;
  throw forbidden(attributes.call.kind.resource, attributes.name, error);
}

/**
 * The same, once the objects are at hand in the version in which the hook is asked about them. Where a conversion
 * fails, so does the request, whatever the hook's policy is.
 */
export async function invocationToAsk(
  hook: Hook,
  attributes: Attributes,
  mutating: boolean,
): Promise<Invocation | undefined> {
  const { call, object, oldObject } = attributes;
  try {
    return await converting(call, () => {
      const invocation = conditionalInvocation(hook, attributes, mutating);
      if (!invocation || !call.conversion?.remote) return invocation;
      converted(mutating ? objectBeforeNaming(attributes) : object, attributes, invocation.served);
      converted(oldObject, attributes, invocation.served);
      return invocation;
    });
  } catch (error) {
    if (!(error instanceof ConversionError)) throw error;
    // Upstream wraps the error of a mutating webhook twice.
    throw internalError(mutating ? internalError(error.message).message : error.message);
  }
}
