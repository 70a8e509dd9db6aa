/** `example.com/signer-name` (upstream `pkg/apis/core/validation` ValidateSignerName). */
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { isDNS1123Label, isDNS1123Subdomain } from '../../machinery/names.ts';
import { exceedsUtf8 } from '../../machinery/utf8-size.ts';

const MAX_DOMAIN = 253;
const MAX_LENGTH = MAX_DOMAIN + 1 + MAX_DOMAIN + 63 + 1;

export function validateSignerName(name: string, field: string): FieldError[] {
  if (name === '') return [fieldError.required(field)];
  const [domain = '', path, more] = name.split('/');
  if (path === undefined || more !== undefined) {
    const why = "must be a fully qualified domain and path of the form 'example.com/signer-name'";
    return [fieldError.invalid(field, name, why)];
  }
  const errors: FieldError[] = [];
  if (exceedsUtf8([domain], MAX_DOMAIN)) errors.push(fieldError.tooLong(field, MAX_DOMAIN));
  errors.push(...firstBad(domain, isDNS1123Label, field));
  if (!domain.includes('.')) {
    errors.push(fieldError.invalid(field, domain, 'should be a domain with at least two segments separated by dots'));
  }
  errors.push(...firstBad(path, isDNS1123Subdomain, field));
  if (exceedsUtf8([name], MAX_LENGTH)) errors.push(fieldError.tooLong(field, MAX_LENGTH));
  return errors;
}

/** The errors of the first bad label: the others would have the same. */
function firstBad(text: string, check: (label: string) => string[], field: string): FieldError[] {
  for (const label of text.split('.')) {
    const messages = check(label);
    if (messages.length === 0) continue;
    return messages.map((why) => fieldError.invalid(field, text, `validating label ${JSON.stringify(label)}: ${why}`));
  }
  return [];
}
