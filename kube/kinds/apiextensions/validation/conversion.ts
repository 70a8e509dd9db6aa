/** Rules for the conversion between versions (`validateCustomResourceConversion`, apiserver `pkg/util/webhook`). */
import { type FieldError, fieldError } from '../../../machinery/field-error.ts';
import { isDNS1035Label } from '../../../machinery/names.ts';
import { validateWebhookClient } from '../../validation/webhook-client.ts';
import type { DefinitionConversion } from '../types.ts';

const STRATEGIES = ['None', 'Webhook'];
/** Of `ConversionReview`, those that are understood. */
const REVIEWS = ['v1', 'v1beta1'];

export interface ConversionRules {
  requireKnownReview: boolean;
}

export function validateConversion(
  conversion: DefinitionConversion | undefined,
  { requireKnownReview }: ConversionRules,
  path: string,
): FieldError[] {
  if (!conversion) return [];
  const { strategy = '', webhook } = conversion;
  const errors: FieldError[] = [];
  if (strategy === '') errors.push(fieldError.required(`${path}.strategy`));
  else if (!STRATEGIES.includes(strategy))
    errors.push(fieldError.notSupported(`${path}.strategy`, strategy, STRATEGIES));
  const { clientConfig, conversionReviewVersions: versions } = webhook ?? {};
  const at = `${path}.webhookClientConfig`;
  if (strategy !== 'Webhook') {
    const why = 'should not be set when strategy is not set to Webhook';
    if (clientConfig) errors.push(fieldError.forbidden(at, why));
    if (versions?.length) errors.push(fieldError.forbidden(`${path}.conversionReviewVersions`, why));
    return errors;
  }
  if (!clientConfig) errors.push(fieldError.required(at, 'required when strategy is set to Webhook'));
  else errors.push(...validateWebhookClient(clientConfig, at));
  errors.push(...validateReviews(versions ?? [], requireKnownReview, `${path}.conversionReviewVersions`));
  return errors;
}

export function hasKnownReview(versions: readonly string[] | undefined): boolean {
  return !versions?.length || versions.some((version) => REVIEWS.includes(version));
}

function validateReviews(versions: readonly string[], requireKnown: boolean, path: string): FieldError[] {
  if (versions.length === 0) return [fieldError.required(path)];
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [at, version] of versions.entries()) {
    if (seen.has(version)) {
      errors.push(fieldError.invalid(`${path}[${at}]`, version, 'duplicate version'));
      continue;
    }
    seen.add(version);
    for (const problem of isDNS1035Label(version)) errors.push(fieldError.invalid(`${path}[${at}]`, version, problem));
  }
  if (requireKnown && !hasKnownReview(versions)) {
    errors.push(fieldError.invalid(path, versions, `must include at least one of ${REVIEWS.join(', ')}`));
  }
  return errors;
}
