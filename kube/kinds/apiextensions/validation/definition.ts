/**
 * Rules for CustomResourceDefinitions (apiextensions `pkg/apis/apiextensions/validation/validation.go`). What all
 * versions have in common, upstream holds once, beside them: `spec.validation` is the schema of each.
 */
import { sameJson } from '../../../machinery/equality.ts';
import { type FieldError, fieldError } from '../../../machinery/field-error.ts';
import { isDNS1035Label } from '../../../machinery/names.ts';
import { defaultOf, type StructuralSchema, schemaHas } from '../../../machinery/structural/schema.ts';
import { validateImmutable } from '../../validation/fields.ts';
import { APPROVED, approvalOf } from '../approval.ts';
import {
  type CustomResourceDefinition,
  type DefinitionSpec,
  type DefinitionStatus,
  type DefinitionVersion,
  isConditionTrue,
} from '../types.ts';
import { type ConversionRules, hasKnownReview, validateConversion } from './conversion.ts';
import { type SharedParts, shownVersion } from './internal-form.ts';
import { validateColumn, validateDeprecation, validateGroup, validateNames, validateSubresources } from './names.ts';
import { validateSchema } from './schema.ts';
import { RULES_FOR_CREATE, rulesForUpdate, type SchemaRules } from './schema-rules.ts';
import { tooManyFields, validateSelectableFields } from './selectable-fields.ts';

interface Rules extends ConversionRules {
  schema: SchemaRules;
  requireSchema: boolean;
  /** Names of versions whose selectable fields were too many before. */
  tooManyFields: ReadonlySet<string>;
}

const MISSING = 'must be spec.names.plural+"."+spec.group';

export function validateDefinition(definition: CustomResourceDefinition): FieldError[] {
  const { metadata, spec, status } = definition;
  const { name = '', generateName = '' } = metadata;
  const required = `${spec.names.plural}.${spec.group}`;
  const nameErrors = Object.entries({ generateName, name }).flatMap(([field, value]) =>
    value === required || value === '' ? [] : [fieldError.invalid(`metadata.${field}`, value, MISSING)],
  );
  const rules: Rules = {
    schema: RULES_FOR_CREATE,
    requireSchema: true,
    requireKnownReview: true,
    tooManyFields: new Set(),
  };
  return [
    ...nameErrors,
    ...validateSpec(spec, rules),
    ...validateStatus(status),
    ...validateStoredVersions(status, spec.versions ?? []),
    ...validateApproval(definition),
    ...validatePreserve(spec),
  ];
}

export function validateDefinitionUpdate(
  definition: CustomResourceDefinition,
  old: CustomResourceDefinition,
): FieldError[] {
  const { spec, status } = definition;
  const oldVersions = old.spec.versions;
  const oldSchemas = oldVersions.flatMap(({ schema }) => (schema?.openAPIV3Schema ? [schema.openAPIV3Schema] : []));
  const isPruned = !spec.preserveUnknownFields;
  const isSame = isPruned === !old.spec.preserveUnknownFields && sameJson(oldVersions, spec.versions);
  const rules: Rules = {
    schema: isSame ? UNCHANGED : rulesForUpdate(oldSchemas),
    requireSchema: oldSchemas.length === oldVersions.length,
    requireKnownReview: hasKnownReview(old.spec.conversion?.webhook?.conversionReviewVersions),
    tooManyFields: tooManyFields(spec, old.spec),
  };
  const errors = validateSpec(spec, rules);
  if (isConditionTrue(old.status, 'Established')) {
    errors.push(...validateImmutable(spec.scope, old.spec.scope, 'spec.scope'));
    errors.push(...validateImmutable(spec.names.kind, old.spec.names.kind, 'spec.names.kind'));
  }
  errors.push(...validateImmutable(spec.group, old.spec.group, 'spec.group'));
  errors.push(...validateImmutable(spec.names.plural, old.spec.names.plural, 'spec.names.plural'));
  return [
    ...errors,
    ...validateStatus(status),
    ...validateStoredVersions(status, spec.versions ?? []),
    ...validateApproval(definition, old),
    ...(old.spec.preserveUnknownFields ? [] : validatePreserve(spec)),
  ];
}

/** Schemas that were accepted and are the same are not looked through again: they may be large. */
const UNCHANGED: SchemaRules = {
  requireStructural: false,
  requirePrunedDefaults: false,
  requireValidTypes: false,
  requireAtomicSets: false,
  requireMapKeys: false,
};

export function validateStatus(status: DefinitionStatus | undefined): FieldError[] {
  return validateNames(status?.acceptedNames, 'status.acceptedNames');
}

function validateSpec(spec: DefinitionSpec, rules: Rules): FieldError[] {
  const { versions = [], names, scope, conversion } = spec;
  const errors = validateGroup(spec.group, 'spec.group');
  if (!scope) errors.push(fieldError.required('spec.scope'));
  else if (!SCOPES.includes(scope)) errors.push(fieldError.notSupported('spec.scope', scope, SCOPES));
  const common = commonParts(versions);
  const isPruned = !spec.preserveUnknownFields;
  const schemaRules: SchemaRules =
    rules.schema === UNCHANGED
      ? UNCHANGED
      : { ...rules.schema, requireStructural: rules.schema.requireStructural || isPruned || hasExtensions(versions) };
  errors.push(...missingSchemas(versions, common, rules, isPruned));
  if (!isPruned && versions.some(({ schema }) => schemaHas(schema?.openAPIV3Schema, hasDefault))) {
    const why = 'must be false in order to use defaults in the schema';
    errors.push(fieldError.invalid('spec.preserveUnknownFields', true, why));
  }
  for (const [at, version] of versions.entries()) {
    const path = `spec.versions[${at}]`;
    errors.push(...invalidJoined(`${path}.name`, version.name, isDNS1035Label(version.name)));
    errors.push(...validateVersion(version, common, rules, schemaRules, path));
  }
  errors.push(...validateVersionsTogether(spec.versions, common));
  for (const name of ['plural', 'singular', 'kind', 'listKind'] as const) {
    if (!names[name]) errors.push(fieldError.required(`spec.names.${name}`));
  }
  errors.push(...validateNames(names, 'spec.names'));
  const [first] = versions;
  if (first && common.schema && schemaRules !== UNCHANGED) {
    const hasStatus = versions.some(({ subresources }) => subresources?.status !== undefined);
    errors.push(...validateSchema(first.schema?.openAPIV3Schema, hasStatus, schemaRules, 'spec.validation'));
  }
  if (first && common.subresources) errors.push(...validateSubresources(first.subresources, 'spec.subresources'));
  if (first && common.columns) errors.push(...validateColumns(first, 'spec'));
  if (first && common.fields) {
    errors.push(...validateSelectableFields(first, 'spec', rules.tooManyFields, common.schema, ''));
  }
  errors.push(...validateConversion(conversion, rules, 'spec.conversion'));
  return errors;
}

const SCOPES = ['Cluster', 'Namespaced'];

/** The parts that are the same in all versions, which upstream's internal form keeps outside of the versions. */
function commonParts(versions: readonly DefinitionVersion[]): SharedParts {
  const [first] = versions;
  const same = (part: keyof DefinitionVersion) => versions.every((version) => sameJson(version[part], first?.[part]));
  return {
    schema: same('schema'),
    subresources: same('subresources'),
    columns: same('additionalPrinterColumns'),
    fields: same('selectableFields'),
  };
}

function missingSchemas(
  versions: readonly DefinitionVersion[],
  common: SharedParts,
  rules: Rules,
  isPruned: boolean,
): FieldError[] {
  if (common.schema && versions[0]?.schema?.openAPIV3Schema) return [];
  return versions.flatMap(({ schema, served }, at) => {
    if (schema?.openAPIV3Schema) return [];
    const path = `spec.versions[${at}].schema.openAPIV3Schema`;
    if (rules.requireSchema) return [fieldError.required(path)];
    return isPruned && served ? [fieldError.required(path, 'because otherwise all fields are pruned')] : [];
  });
}

function hasExtensions(versions: readonly DefinitionVersion[]): boolean {
  return versions.some(({ schema }) => schemaHas(schema?.openAPIV3Schema, isExtended));
}

function hasDefault(schema: StructuralSchema): boolean {
  return defaultOf(schema) !== undefined;
}

function isExtended(schema: StructuralSchema): boolean {
  return (
    hasDefault(schema) ||
    schema['x-kubernetes-embedded-resource'] === true ||
    schema['x-kubernetes-preserve-unknown-fields'] !== undefined ||
    schema['x-kubernetes-int-or-string'] === true ||
    (schema['x-kubernetes-list-map-keys'] ?? []).length > 0 ||
    schema['x-kubernetes-list-type'] !== undefined ||
    (schema['x-kubernetes-validations'] ?? []).length > 0
  );
}

/** Parts that are common to all versions are validated outside of them. */
function validateVersion(
  version: DefinitionVersion,
  common: SharedParts,
  rules: Rules,
  schemaRules: SchemaRules,
  path: string,
): FieldError[] {
  const { deprecated, deprecationWarning, schema, subresources } = version;
  const errors = validateDeprecation(deprecated, deprecationWarning, `${path}.deprecationWarning`);
  if (!common.schema && schemaRules !== UNCHANGED) {
    const hasStatus = subresources?.status !== undefined;
    errors.push(...validateSchema(schema?.openAPIV3Schema, hasStatus, schemaRules, `${path}.schema`));
  }
  if (!common.subresources) errors.push(...validateSubresources(subresources, `${path}.subresources`));
  if (!common.columns) errors.push(...validateColumns(version, path));
  if (!common.fields)
    errors.push(...validateSelectableFields(version, path, rules.tooManyFields, !common.schema, version.name));
  return errors;
}

function validateColumns({ additionalPrinterColumns = [] }: DefinitionVersion, path: string): FieldError[] {
  return additionalPrinterColumns.flatMap((column, at) =>
    validateColumn(column, `${path}.additionalPrinterColumns[${at}]`),
  );
}

/** Rules that compare the versions. Errors show a list that was left out as null. */
function validateVersionsTogether(given: readonly DefinitionVersion[] | undefined, common: SharedParts): FieldError[] {
  const versions = given ?? [];
  const errors: FieldError[] = [];
  const shown = () => given?.map((version) => shownVersion(version, common)) ?? null;
  if (new Set(versions.map(({ name }) => name)).size < versions.length) {
    errors.push(fieldError.invalid('spec.versions', shown(), 'must contain unique version names'));
  }
  if (versions.filter(({ storage }) => storage).length !== 1) {
    const why = 'must have exactly one version marked as storage version';
    errors.push(fieldError.invalid('spec.versions', shown(), why));
  }
  const [first] = versions;
  if (first?.name) errors.push(...invalidJoined('spec.version', first.name, isDNS1035Label(first.name)));
  return errors;
}

function invalidJoined(field: string, value: string, problems: readonly string[]): FieldError[] {
  return problems.length === 0 ? [] : [fieldError.invalid(field, value, problems.join(','))];
}

function validateStoredVersions(
  status: DefinitionStatus | undefined,
  versions: readonly DefinitionVersion[],
): FieldError[] {
  const path = 'status.storedVersions';
  const stored = status?.storedVersions ?? [];
  if (stored.length === 0) return [fieldError.invalid(path, null, 'must have at least one stored version')];
  const lastAt = new Map(stored.map((name, at) => [name, at]));
  const known = new Set<string>();
  // Of several versions with one name, the first alone counts as stored.
  const storage = versions.filter(({ name, storage }) => {
    const isFirst = !known.has(name);
    known.add(name);
    return storage && !(isFirst && lastAt.has(name));
  });
  const errors = storage.map(({ name }) => fieldError.invalid(path, stored, `must have the storage version ${name}`));
  for (const [at, name] of stored.entries()) {
    if (known.has(name) || lastAt.get(name) !== at) continue;
    const why = `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`;
    errors.push(fieldError.invalid(`${path}[${at}]`, name, why));
  }
  return errors;
}

function validateApproval(definition: CustomResourceDefinition, old?: CustomResourceDefinition): FieldError[] {
  const approval = approvalOf(definition);
  if (!approval || approval.state === 'approved' || approval.state === 'bypassed') return [];
  // Upstream judges the annotation of the old one by the same rules.
  if (old && approvalOf(old)?.state === approval.state) return [];
  const field = `metadata.annotations[${APPROVED}]`;
  return [
    approval.state === 'missing'
      ? fieldError.required(field, approval.reason)
      : fieldError.invalid(field, definition.metadata.annotations?.[APPROVED] ?? '', approval.reason),
  ];
}

function validatePreserve({ preserveUnknownFields }: DefinitionSpec): FieldError[] {
  if (!preserveUnknownFields) return [];
  const why = 'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead';
  return [fieldError.invalid('spec.preserveUnknownFields', true, why)];
}
