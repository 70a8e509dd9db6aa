/** Names of managers of fields (apimachinery `pkg/apis/meta/v1/validation` ValidateFieldManager, ValidateManagedFields). */
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import type { ManagedFieldsEntry } from '../../machinery/object.ts';

const MAX_MANAGER = 128;
const MAX_SUBRESOURCE = 256;

/** The characters that Go's `unicode.IsPrint` refuses. */
const UNPRINTABLE = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu;
/** Characters of all errors of a name, each of which shows it whole: upstream has no limit, and 15 KB would make 100 MB. */
const MAX_SHOWN = 50_000;

/** Nearly all names are of these characters, which take a byte each: looking for classes of Unicode costs twelve times as much. */
const PLAIN = /^[ -~]*$/;

const utf8 = new TextEncoder();
const bytes = (text: string): number => (PLAIN.test(text) ? text.length : utf8.encode(text).length);

export function validateFieldManager(manager: string | undefined, field: string): FieldError[] {
  if (!manager || (manager.length <= MAX_MANAGER && PLAIN.test(manager))) return [];
  return [
    ...(bytes(manager) > MAX_MANAGER ? [fieldError.tooLong(field, MAX_MANAGER)] : []),
    ...unprintable(manager).map(({ 0: character, index }) => {
      const point = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
      const why = `invalid character U+${point} (at position ${bytes(manager.slice(0, index))})`;
      return fieldError.invalid(field, manager, why);
    }),
  ];
}

function unprintable(manager: string): RegExpExecArray[] {
  const all = [...manager.slice(0, MAX_SHOWN).matchAll(UNPRINTABLE)];
  return all.slice(0, Math.ceil(MAX_SHOWN / manager.length));
}

export function validateManagedFields(entries: readonly ManagedFieldsEntry[] | undefined, field: string): FieldError[] {
  return (entries ?? []).flatMap((entry, index) => {
    const { operation = '', fieldsType = '', manager, subresource = '' } = entry as Partial<ManagedFieldsEntry>;
    const at = `${field}[${index}]`;
    const errors: FieldError[] = [];
    if (operation !== 'Apply' && operation !== 'Update') {
      errors.push(fieldError.invalid(`${at}.operation`, operation, 'must be `Apply` or `Update`'));
    }
    if (fieldsType !== '' && fieldsType !== 'FieldsV1') {
      errors.push(fieldError.invalid(`${at}.fieldsType`, fieldsType, 'must be `FieldsV1`'));
    }
    errors.push(...validateFieldManager(manager, `${at}.manager`));
    if (bytes(subresource) > MAX_SUBRESOURCE) errors.push(fieldError.tooLong(`${at}.subresource`, MAX_SUBRESOURCE));
    return errors;
  });
}
