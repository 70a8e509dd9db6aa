/** Resource requirements of containers and pods (`validateResourceRequirements`). */
import { addErrors, type FieldError, fieldError } from '../../../machinery/field-error.ts';
import { isQualifiedName } from '../../../machinery/names.ts';
import { compareQuantities, isWhole, parseQuantity } from '../../../machinery/quantity.ts';
import { gaveEmpty } from '../../../machinery/schema/empties.ts';
import type { PodSpec, ResourceRequirements } from '../../../types.ts';
import { invalidEach } from '../../validation/fields.ts';
import { claimNames, validateClaimReferences } from './resource-claims.ts';
import { aggregate, isExtendedName, isHugePages, isHugePagesOfQuota, isNative, isPodLevel } from './resources.ts';

const OF_CONTAINERS: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage']);
/** Resources that are counted, in whole numbers (`IsIntegerResourceName`). */
const COUNTED: ReadonlySet<string> = new Set([
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
]);
/** Resources that mean something elsewhere: in quotas, or for nodes and volumes. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  ...COUNTED,
  'storage',
  'requests.storage',
  ...['requests', 'limits'].flatMap((of) => [...OF_CONTAINERS].map((name) => `${of}.${name}`)),
]);

/** Names are a client's: `constructor` is one like any other. */
function own(list: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(list, name) ? list[name] : undefined;
}

/** `validateResourceName` */
export function validateResourceName(name: string, field: string): FieldError[] {
  const errors = invalidEach(field, name, isQualifiedName(name));
  if (errors.length > 0 || name.includes('/')) return errors;
  if (OF_CONTAINERS.has(name) || ELSEWHERE.has(name)) return [];
  if (isHugePages(name) || isHugePagesOfQuota(name)) return [];
  return [fieldError.invalid(field, name, 'must be a standard resource type or fully qualified')];
}

/** `ValidateContainerResourceName` */
export function validateContainerName(name: string, field: string): FieldError[] {
  const errors = validateResourceName(name, field);
  if (!name.includes('/')) {
    if (OF_CONTAINERS.has(name) || isHugePages(name)) return errors;
    return [...errors, fieldError.invalid(field, name, 'must be a standard resource for containers')];
  }
  if (isNative(name) || isExtendedName(name)) return errors;
  return [...errors, fieldError.invalid(field, name, "doesn't follow extended resource name standard")];
}

/** `ValidateResourceQuantityValue` */
export function validateQuantityValue(name: string, text: string, field: string): FieldError[] {
  const quantity = parseQuantity(text);
  if (!quantity) return [];
  const errors: FieldError[] = [];
  if (quantity.nano < 0n) errors.push(fieldError.invalid(field, text, 'must be greater than or equal to 0'));
  if ((COUNTED.has(name) || isExtendedName(name)) && !isWhole(text)) {
    errors.push(fieldError.invalid(field, text, 'must be an integer'));
  }
  return errors;
}

function validateValue(name: string, text: string, field: string): FieldError[] {
  const errors = validateQuantityValue(name, text, field);
  const quantity = parseQuantity(text);
  if (quantity && isHugePages(name)) {
    const page = parseQuantity(name.slice(name.indexOf('-') + 1))?.nano ?? 0n;
    if (page <= 0n || quantity.nano % page !== 0n) {
      errors.push(fieldError.invalid(field, text, `${text} is not positive integer multiple of ${name}`));
    }
  }
  return errors;
}

function validateAgainstLimit(name: string, text: string, limit: string | undefined, field: string): FieldError[] {
  const overcommit = isNative(name) && !isHugePages(name);
  if (limit === undefined) {
    const detail = 'Limit must be set for non overcommitable resources';
    return overcommit ? [] : [fieldError.required(`${field}.limits`, detail)];
  }
  const [request, most] = [parseQuantity(text), parseQuantity(limit)];
  const order = request && most ? compareQuantities(request, most) : 0;
  if (order === 0 || (overcommit && order < 0)) return [];
  const what = overcommit ? 'less than or equal to' : 'equal to';
  return [fieldError.invalid(`${field}.requests`, text, `must be ${what} ${name} limit of ${limit}`)];
}

export function validateResources(
  resources: ResourceRequirements | undefined,
  field: string,
  validateName: (name: string, field: string) => FieldError[] = validateContainerName,
): FieldError[] {
  const { limits = {}, requests = {} } = resources ?? {};
  const errors: FieldError[] = [];
  for (const [name, text] of Object.entries(limits)) {
    const at = `${field}.limits[${name}]`;
    addErrors(errors, validateName(name, at));
    addErrors(errors, validateValue(name, text, at));
  }
  for (const [name, text] of Object.entries(requests)) {
    const at = `${field}.requests[${name}]`;
    addErrors(errors, validateName(name, at));
    addErrors(errors, validateValue(name, text, at));
    addErrors(errors, validateAgainstLimit(name, text, own(limits, name), field));
  }
  const has = (name: string): boolean => Object.hasOwn(limits, name) || Object.hasOwn(requests, name);
  const hasHugePages = Object.keys(limits).some(isHugePages) || Object.keys(requests).some(isHugePages);
  if (hasHugePages && !has('cpu') && !has('memory')) {
    errors.push(fieldError.forbidden(field, 'HugePages require cpu or memory'));
  }
  return errors;
}

/** The rules for the resources of a pod as a whole. */
export function validatePodResources(spec: PodSpec, field: string): FieldError[] {
  const { resources } = spec;
  if (!resources) return [];
  if (spec.os?.name === 'windows') return [fieldError.forbidden(field, 'may not be set for a windows pod')];
  const errors: FieldError[] = [];
  if (resources.claims || gaveEmpty(resources, 'claims')) {
    errors.push(fieldError.forbidden(`${field}.claims`, 'claims may not be set for Resources at pod-level'));
  }
  return [
    ...errors,
    ...validateResources(resources, field, validatePodLevelName),
    ...validateClaimReferences(resources, claimNames(spec), `${field}.claims`),
    ...validateRoom(spec, resources, field),
  ];
}

function validatePodLevelName(name: string, field: string): FieldError[] {
  const errors = validateResourceName(name, field);
  if (errors.length > 0 || isPodLevel(name)) return errors;
  return [fieldError.notSupported(field, name, ['cpu', 'hugepages-', 'memory'])];
}

/** The containers' requests together must fit into their pod's. */
function validateRoom(
  spec: PodSpec,
  { requests = {}, limits = {} }: ResourceRequirements,
  field: string,
): FieldError[] {
  const exceeds = (a: string, b: string | undefined): boolean => {
    const [x, y] = [parseQuantity(a), b === undefined ? undefined : parseQuantity(b)];
    return x !== undefined && y !== undefined && compareQuantities(x, y) > 0;
  };
  const errors: FieldError[] = [];
  for (const [name, needed] of Object.entries(aggregate(spec, 'requests'))) {
    if (!exceeds(needed, own(requests, name))) continue;
    const detail = `must be greater than or equal to aggregate container requests of ${needed}`;
    errors.push(fieldError.invalid(`${field}.requests[${name}]`, requests[name], detail));
  }
  for (const [name, needed] of Object.entries(aggregate(spec, 'limits'))) {
    // Huge pages are never promised to more than one.
    if (!isHugePages(name) || !exceeds(needed, own(limits, name))) continue;
    const detail = `must be greater than or equal to aggregate container limits of ${needed}`;
    errors.push(fieldError.invalid(`${field}.limits[${name}]`, limits[name], detail));
  }
  for (const [index, { resources }] of (spec.containers ?? []).entries()) {
    for (const [name, limit] of Object.entries(resources?.limits ?? {})) {
      if (!exceeds(limit, own(limits, name))) continue;
      const detail = `must be less than or equal to pod limits of ${limits[name]}`;
      errors.push(fieldError.invalid(`${field}.containers[${index}][${name}].limits`, limit, detail));
    }
  }
  return errors;
}
