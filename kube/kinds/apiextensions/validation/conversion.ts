/** Rules for the conversion between versions (`validateCustomResourceConversion`, apiserver `pkg/util/webhook`). */
import { type FieldError, fieldError } from '../../../machinery/field-error.ts';
import { isDNS1035Label, isDNS1123Subdomain, isValidPortNumber } from '../../../machinery/names.ts';
import type { DefinitionConversion, WebhookClientConfig } from '../types.ts';

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
  else errors.push(...validateClientConfig(clientConfig, at));
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

function validateClientConfig({ url, service }: WebhookClientConfig, path: string): FieldError[] {
  if ((url === undefined) === (service === undefined)) {
    return [fieldError.required(path, 'exactly one of url or service is required')];
  }
  return url === undefined ? validateService(service ?? {}, `${path}.service`) : validateUrl(url, `${path}.url`);
}

const FORM = '; desired format: https://host[/path]';

function validateUrl(text: string, path: string): FieldError[] {
  const found = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(text);
  if (!found) {
    return [fieldError.required(path, `url must be a valid URL: parse ${JSON.stringify(text)}: invalid URL${FORM}`)];
  }
  const [, scheme = '', authority = '', , query = '', fragment = ''] = found;
  const at = authority.lastIndexOf('@');
  const [user, host] = at < 0 ? ['', authority] : [authority.slice(0, at), authority.slice(at + 1)];
  const errors: FieldError[] = [];
  const invalid = (value: string, why: string) => errors.push(fieldError.invalid(path, value, why));
  if (scheme.toLowerCase() !== 'https') invalid(scheme.toLowerCase(), `'https' is the only allowed URL scheme${FORM}`);
  if (host === '') invalid('', `host must be specified${FORM}`);
  if (user !== '') invalid(user, 'user information is not permitted in the URL');
  if (fragment !== '') invalid(fragment, 'fragments are not permitted in the URL');
  if (query !== '') invalid(query, 'query parameters are not permitted in the URL');
  return errors;
}

/** Upstream hands name and namespace over in the other order, which shows where one is missing. */
function validateService(service: NonNullable<WebhookClientConfig['service']>, path: string): FieldError[] {
  const { name = '', namespace = '', port = 443, path: url } = service;
  const errors: FieldError[] = [];
  if (namespace === '') errors.push(fieldError.required(`${path}.name`));
  if (name === '') errors.push(fieldError.required(`${path}.namespace`));
  const problems = isValidPortNumber(port);
  if (problems.length > 0) {
    errors.push(fieldError.invalid(`${path}.port`, port, `port is not valid: ${problems.join(', ')}`));
  }
  if (url === undefined || url === '' || url === '/') return errors;
  const invalid = (why: string) => errors.push(fieldError.invalid(`${path}.path`, url, why));
  if (url === '//') {
    invalid('segment[0] may not be empty');
    return errors;
  }
  if (!url.startsWith('/')) invalid("must start with a '/'");
  for (const [at, step] of url.slice(1).replace(/\/$/, '').split('/').entries()) {
    if (step === '') invalid(`segment[${at}] may not be empty`);
    else for (const problem of isDNS1123Subdomain(step)) invalid(`segment[${at}]: ${problem}`);
  }
  return errors;
}
