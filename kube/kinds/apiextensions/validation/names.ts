/** Rules for names, columns, subresources and conversion of a definition. */
import { type FieldError, fieldError } from '../../../machinery/field-error.ts';
import { isDNS1035Label, isDNS1123Subdomain } from '../../../machinery/names.ts';
import type { DefinitionColumn, DefinitionNames, DefinitionSubresources } from '../types.ts';

const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string'];
const COLUMN_FORMATS = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];

/** `ValidateCustomResourceDefinitionNames`: of the spec, and of those that were accepted. */
export function validateNames(names: Partial<DefinitionNames> | undefined, path: string): FieldError[] {
  const { plural = '', singular = '', kind = '', listKind = '', shortNames = [], categories = [] } = names ?? {};
  const errors: FieldError[] = [];
  const label = (field: string, name: string) => {
    const problems = isDNS1035Label(name);
    if (problems.length > 0) errors.push(fieldError.invalid(`${path}.${field}`, name, problems.join(',')));
  };
  const mixedCase = (field: string, name: string) => {
    const problems = isDNS1035Label(name.toLowerCase());
    if (problems.length === 0) return;
    const why = `may have mixed case, but should otherwise match: ${problems.join(',')}`;
    errors.push(fieldError.invalid(`${path}.${field}`, name, why));
  };
  if (plural !== '') label('plural', plural);
  if (singular !== '') label('singular', singular);
  if (kind !== '') mixedCase('kind', kind);
  if (listKind !== '') mixedCase('listKind', listKind);
  for (const [at, name] of shortNames.entries()) label(`shortNames[${at}]`, name);
  if (kind !== '' && kind === listKind) {
    errors.push(fieldError.invalid(`${path}.listKind`, listKind, 'kind and listKind may not be the same'));
  }
  for (const [at, name] of categories.entries()) label(`categories[${at}]`, name);
  return errors;
}

export function validateColumn(column: DefinitionColumn, path: string): FieldError[] {
  const { name, type, format = '', jsonPath } = column;
  const errors: FieldError[] = [];
  const types = `must be one of ${COLUMN_TYPES.join(',')}`;
  if (!name) errors.push(fieldError.required(`${path}.name`));
  if (!type) errors.push(fieldError.required(`${path}.type`, types));
  else if (!COLUMN_TYPES.includes(type)) errors.push(fieldError.invalid(`${path}.type`, type, types));
  if (format !== '' && !COLUMN_FORMATS.includes(format)) {
    errors.push(fieldError.invalid(`${path}.format`, format, `must be one of ${COLUMN_FORMATS.join(',')}`));
  }
  if (!jsonPath) errors.push(fieldError.required(`${path}.JSONPath`));
  else errors.push(...validatePath(jsonPath, `${path}.JSONPath`));
  return errors;
}

function validatePath(text: string, field: string): FieldError[] {
  return text.startsWith('.') ? [] : [fieldError.invalid(field, text, 'must be a simple json path starting with .')];
}

export function validateSubresources(subresources: DefinitionSubresources | undefined, path: string): FieldError[] {
  const { scale } = subresources ?? {};
  if (!scale) return [];
  const { specReplicasPath, statusReplicasPath, labelSelectorPath } = scale;
  const beneath = (name: string, text: string, roots: readonly string[], why: string): FieldError[] => {
    const field = `${path}.scale.${name}`;
    const errors = validatePath(text, field);
    if (errors.length > 0 || roots.some((root) => text.startsWith(`.${root}.`))) return errors;
    return [fieldError.invalid(field, text, `should be a json path under ${why}`)];
  };
  const required = (name: string, text: string, root: string): FieldError[] =>
    text ? beneath(name, text, [root], `.${root}`) : [fieldError.required(`${path}.scale.${name}`)];
  return [
    ...required('specReplicasPath', specReplicasPath, 'spec'),
    ...required('statusReplicasPath', statusReplicasPath, 'status'),
    ...(labelSelectorPath
      ? beneath('labelSelectorPath', labelSelectorPath, ['spec', 'status'], 'either .spec or .status')
      : []),
  ];
}

const MAX_WARNING = 256;

export function validateDeprecation(
  deprecated: boolean | undefined,
  text: string | undefined,
  path: string,
): FieldError[] {
  const invalid = (why: string) => fieldError.invalid(path, text ?? null, why);
  if (!deprecated && text !== undefined) return [invalid('can only be set for deprecated versions')];
  if (text === undefined) return [];
  const errors: FieldError[] = [];
  if (new TextEncoder().encode(text).length > MAX_WARNING) errors.push(invalid('must be <= 256 characters long'));
  if (text === '') errors.push(invalid('must not be an empty string'));
  const at = text.search(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u);
  if (at >= 0) {
    const bytes = new TextEncoder().encode(text.slice(0, at)).length;
    errors.push(
      invalid(`must only contain printable UTF-8 characters; non-printable character found at index ${bytes}`),
    );
  }
  return errors;
}

export function validateGroup(group: string, path: string): FieldError[] {
  if (group === '') return [fieldError.required(path)];
  const problems = isDNS1123Subdomain(group);
  if (problems.length > 0) return [fieldError.invalid(path, group, problems.join(','))];
  if (!group.includes('.')) return [fieldError.invalid(path, group, 'should be a domain with at least one dot')];
  return [];
}
