/** Where a webhook is called (apiserver `pkg/util/webhook/validation.go`). */
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { parseReference } from '../../machinery/go-url.ts';
import { isDNS1123Subdomain, isValidPortNumber } from '../../machinery/names.ts';

export interface WebhookClient {
  url?: string;
  service?: { namespace?: string; name?: string; path?: string; port?: number };
}

const FORM = '; desired format: https://host[/path]';

export function validateWebhookClient({ url, service }: WebhookClient, field: string): FieldError[] {
  if ((url === undefined) === (service === undefined)) {
    return [fieldError.required(field, 'exactly one of url or service is required')];
  }
  return url === undefined ? validateService(service ?? {}, `${field}.service`) : validateUrl(url, `${field}.url`);
}

function validateUrl(text: string, field: string): FieldError[] {
  const parsed = parseReference(text);
  if (typeof parsed === 'string') return [fieldError.required(field, `url must be a valid URL: ${parsed}${FORM}`)];
  const [, authority = '', query = '', fragment = ''] =
    /^(?:[^:/?#]+:)?(?:\/\/([^/?#]*))?[^?#]*(?:\?([^#]*))?(?:#(.*))?$/s.exec(text) ?? [];
  const at = authority.lastIndexOf('@');
  const { scheme, host } = parsed;
  const errors: FieldError[] = [];
  const invalid = (value: string, why: string) => errors.push(fieldError.invalid(field, value, why));
  if (scheme !== 'https') invalid(scheme, `'https' is the only allowed URL scheme${FORM}`);
  if (host === '') invalid('', `host must be specified${FORM}`);
  if (at >= 0) invalid(authority.slice(0, at), 'user information is not permitted in the URL');
  if (fragment !== '') invalid(fragment, 'fragments are not permitted in the URL');
  if (query !== '') invalid(query, 'query parameters are not permitted in the URL');
  return errors;
}

/** Upstream hands name and namespace over in the other order, which shows where one is missing. */
function validateService(service: NonNullable<WebhookClient['service']>, field: string): FieldError[] {
  const { name = '', namespace = '', port = 443, path: url } = service;
  const errors: FieldError[] = [];
  if (namespace === '') errors.push(fieldError.required(`${field}.name`));
  if (name === '') errors.push(fieldError.required(`${field}.namespace`));
  const problems = isValidPortNumber(port);
  if (problems.length > 0) {
    errors.push(fieldError.invalid(`${field}.port`, port, `port is not valid: ${problems.join(', ')}`));
  }
  if (url === undefined || url === '' || url === '/') return errors;
  const invalid = (why: string) => errors.push(fieldError.invalid(`${field}.path`, url, why));
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
