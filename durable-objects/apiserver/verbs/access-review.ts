/**
 * The question of an access review: whether it is one, and what it asks (upstream `pkg/apis/authorization/validation`).
 */
import { validateRequirement } from '../../../kube/kinds/validation/labels.ts';
import { type FieldError, fieldError } from '../../../kube/machinery/field-error.ts';
import { parseFieldSelector } from '../../../kube/machinery/selectors/fields.ts';
import { parseLabelSelector } from '../../../kube/machinery/selectors/labels.ts';
import type { Attributes } from '../authz/attributes.ts';
import type { UserInfo } from '../request.ts';

interface Requirement {
  key?: string;
  operator?: string;
  values?: string[];
}

interface SelectorAttributes {
  rawSelector?: string;
  requirements?: Requirement[];
}

interface ResourceAttributes {
  namespace?: string;
  verb?: string;
  group?: string;
  version?: string;
  resource?: string;
  subresource?: string;
  name?: string;
  fieldSelector?: SelectorAttributes;
  labelSelector?: SelectorAttributes;
}

export interface AccessSpec {
  user?: string;
  groups?: string[];
  uid?: string;
  extra?: Record<string, string[]>;
  resourceAttributes?: ResourceAttributes;
  nonResourceAttributes?: { path?: string; verb?: string };
}

/** Of a review of the asking user itself. */
export function accessErrors(spec: AccessSpec): FieldError[] {
  return [...combinationErrors(spec), ...selectorsErrors(spec)];
}

export function subjectAccessErrors(spec: AccessSpec): FieldError[] {
  const errors = combinationErrors(spec);
  if (!spec.user && !spec.groups?.length) {
    errors.push(fieldError.invalid('spec.user', '', 'at least one of user or group must be specified'));
  }
  return [...errors, ...selectorsErrors(spec)];
}

/** Further errors of a review within a namespace. */
export function localErrors(
  { resourceAttributes, nonResourceAttributes: path }: AccessSpec,
  namespace: string,
): FieldError[] {
  const errors: FieldError[] = [];
  const asked = resourceAttributes?.namespace ?? '';
  if (resourceAttributes && asked !== namespace) {
    errors.push(fieldError.invalid('spec.resourceAttributes.namespace', asked, 'must match metadata.namespace'));
  }
  if (path) {
    errors.push(fieldError.invalid('spec.nonResourceAttributes', shown(path), 'disallowed on this kind of request'));
  }
  return errors;
}

type PathAttributes = NonNullable<AccessSpec['nonResourceAttributes']>;

const shown = ({ path = '', verb = '' }: PathAttributes): object => ({ Path: path, Verb: verb });

function combinationErrors({ resourceAttributes: resource, nonResourceAttributes: path }: AccessSpec): FieldError[] {
  if (resource && path) {
    const why = 'cannot be specified in combination with resourceAttributes';
    return [fieldError.invalid('spec.nonResourceAttributes', shown(path), why)];
  }
  if (resource || path) return [];
  const why = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
  return [fieldError.invalid('spec.resourceAttributes', undefined, why)];
}

function selectorsErrors({ resourceAttributes: resource }: AccessSpec): FieldError[] {
  if (!resource) return [];
  const { fieldSelector, labelSelector } = resource;
  return [
    ...selectorErrors(fieldSelector, 'spec.resourceAttributes.fieldSelector', fieldRequirementErrors),
    ...selectorErrors(labelSelector, 'spec.resourceAttributes.labelSelector', (requirement, field) =>
      validateRequirement(requirement, field, { unknownOperators: true }),
    ),
  ];
}

function selectorErrors(
  selector: SelectorAttributes | undefined,
  field: string,
  requirementErrors: (requirement: Requirement, field: string) => FieldError[],
): FieldError[] {
  if (!selector) return [];
  const { rawSelector = '', requirements = [] } = selector;
  const errors: FieldError[] = [];
  if (rawSelector !== '' && requirements.length > 0) {
    errors.push(
      fieldError.invalid(`${field}.rawSelector`, rawSelector, 'may not specified at the same time as requirements'),
    );
  }
  if (rawSelector === '' && requirements.length === 0) {
    const why = `when ${field} is specified, requirements or rawSelector is required`;
    errors.push(fieldError.required(`${field}.requirements`, why));
  }
  return [
    ...errors,
    ...requirements.flatMap((one, index) => requirementErrors(one, `${field}.requirements[${index}]`)),
  ];
}

function fieldRequirementErrors({ key, operator, values = [] }: Requirement, field: string): FieldError[] {
  const errors: FieldError[] = [];
  if (!key) errors.push(fieldError.required(`${field}.key`, 'must be specified'));
  const hasValues = operator === 'In' || operator === 'NotIn';
  if (hasValues && values.length === 0) {
    errors.push(fieldError.required(`${field}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
  }
  if ((operator === 'Exists' || operator === 'DoesNotExist') && values.length > 0) {
    const why = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
    errors.push(fieldError.forbidden(`${field}.values`, why));
  }
  return errors;
}

export interface Question {
  attributes: Attributes;
  /** The selectors that were left out, wholly or in part; '' where none was. */
  evaluationError: string;
}

/** `spec` has no errors (upstream `pkg/registry/authorization/util/helpers.go`). */
export function questionOf(spec: AccessSpec, user: UserInfo): Question {
  const { resourceAttributes: resource, nonResourceAttributes: path } = spec;
  const fields = readSelector(resource?.fieldSelector, rawFields, fieldRequirement);
  const labels = readSelector(resource?.labelSelector, rawLabels, labelRequirement);
  const attributes: Attributes = {
    user,
    verb: resource?.verb ?? path?.verb ?? '',
    isResource: resource !== undefined,
    group: resource?.group ?? '',
    version: resource?.version || '*',
    resource: resource?.resource ?? '',
    subresource: resource?.subresource ?? '',
    namespace: resource?.namespace ?? '',
    name: resource?.name ?? '',
    path: path?.path ?? '',
    fields: fields.read,
  };
  return {
    attributes,
    evaluationError: [...leftOut('fieldSelector', fields), ...leftOut('labelSelector', labels)].join('; '),
  };
}

/** The requirements that could be read. They are all to hold, so one that is left out makes the question broader. */
interface Read<T> {
  read: T[];
  failed: boolean;
}

function leftOut(name: string, { read, failed }: Read<unknown>): string[] {
  if (!failed) return [];
  return [`spec.resourceAttributes.${name} ${read.length > 0 ? 'partially ignored' : 'ignored'} due to parse error`];
}

function readSelector<T>(
  selector: SelectorAttributes | undefined,
  raw: (text: string) => T[],
  one: (requirement: Requirement) => T | undefined,
): Read<T> {
  const { rawSelector, requirements = [] } = selector ?? {};
  if (requirements.length > 0) {
    const read = requirements.map(one).filter((requirement) => requirement !== undefined);
    return { read, failed: read.length < requirements.length };
  }
  if (!rawSelector) return { read: [], failed: false };
  try {
    return { read: raw(rawSelector), failed: false };
  } catch {
    return { read: [], failed: true };
  }
}

type FieldRequirement = ReturnType<typeof parseFieldSelector>[number];

const rawFields = (text: string): FieldRequirement[] => parseFieldSelector(text);
const rawLabels = (text: string): unknown[] => [...parseLabelSelector(text).requirements];

function fieldRequirement({ key = '', operator, values = [] }: Requirement): FieldRequirement | undefined {
  const [value] = values;
  if (values.length !== 1 || value === undefined) return undefined;
  if (operator !== 'In' && operator !== 'NotIn') return undefined;
  return { field: key, negated: operator === 'NotIn', value };
}

const LABEL_OPERATORS: ReadonlySet<string> = new Set(['In', 'NotIn', 'Exists', 'DoesNotExist']);

/** Its key and values were checked before. */
function labelRequirement(requirement: Requirement): Requirement | undefined {
  return LABEL_OPERATORS.has(requirement.operator ?? '') ? requirement : undefined;
}
