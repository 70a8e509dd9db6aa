import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { isDNS1123Subdomain } from '../../machinery/names.ts';
import { invalidEach } from './fields.ts';

const PATH = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";
const WHOLE_PATH = new RegExp(`^${PATH}$`);

/** `example.com/name` (apimachinery `IsDomainPrefixedPath`). */
export function validateDomainPath(text: string, field: string): FieldError[] {
  if (text === '') return [fieldError.required(field)];
  const slash = text.indexOf('/');
  const [host, path] = [text.slice(0, Math.max(slash, 0)), text.slice(slash + 1)];
  if (host === '' || path === '') {
    return [fieldError.invalid(field, text, 'must be a domain-prefixed path (such as "acme.io/foo")')];
  }
  const errors = invalidEach(field, host, isDNS1123Subdomain(host));
  if (WHOLE_PATH.test(path)) return errors;
  return [...errors, fieldError.invalid(field, path, `Invalid path (regex used for validation is '${PATH}')`)];
}
