/** The rules of a LimitRange (`ValidateLimitRange`). */
import { type FieldError, fieldError } from '../../../machinery/field-error.ts';
import { isQualifiedName } from '../../../machinery/names.ts';
import { compareQuantities, milliCeil, parseQuantity, type Quantity, unitCeil } from '../../../machinery/quantity.ts';
import type { LimitRange } from '../../../types.ts';
import { invalidEach } from '../../validation/fields.ts';
import { validateContainerName, validateResourceName } from '../pod-spec/resource-requirements.ts';
import { isHugePages, isNative, type ResourceList } from '../pod-spec/resources.ts';

const CLAIM = 'PersistentVolumeClaim';
const TYPES: ReadonlySet<string> = new Set(['Pod', 'Container', CLAIM]);
/** `resource.MaxMilliValue` */
export const MAX_MILLI = (2n ** 63n - 1n) / 1000n;

/** The generated type has `_default` for `default`. */
export interface LimitRangeItem {
  type: string;
  default?: ResourceList;
  defaultRequest?: ResourceList;
  max?: ResourceList;
  min?: ResourceList;
  maxLimitRequestRatio?: ResourceList;
}

export function limitsOf({ spec }: LimitRange): LimitRangeItem[] {
  return (spec?.limits ?? []) as unknown as LimitRangeItem[];
}

export function validateLimitRange(range: LimitRange): FieldError[] {
  const seen = new Set<string>();
  return limitsOf(range).flatMap((item, index) => {
    const at = `spec.limits[${index}]`;
    const type = item.type ?? '';
    const errors = validateType(type, `${at}.type`);
    if (seen.has(type)) errors.push(fieldError.duplicate(`${at}.type`, type));
    seen.add(type);
    return [...errors, ...validateNames(item, at), ...validateAmounts(item, at)];
  });
}

function validateType(type: string, field: string): FieldError[] {
  const errors = invalidEach(field, type, isQualifiedName(type));
  if (errors.length > 0 || type.includes('/') || TYPES.has(type)) return errors;
  return [fieldError.invalid(field, type, 'must be a standard limit type or fully qualified')];
}

function validateNames(item: LimitRangeItem, at: string): FieldError[] {
  const isOfPods = item.type === 'Pod';
  const validateName = isOfPods || item.type === 'Container' ? validateContainerName : validateResourceName;
  const ofList = (list: ResourceList | undefined, name: string) =>
    Object.keys(list ?? {}).flatMap((resource) => validateName(resource, `${at}.${name}[${resource}]`));
  const errors = [...ofList(item.max, 'max'), ...ofList(item.min, 'min')];
  for (const name of ['default', 'defaultRequest'] as const) {
    if (!isOfPods) errors.push(...ofList(item[name], name));
    else if (Object.keys(item[name] ?? {}).length > 0) {
      errors.push(fieldError.forbidden(`${at}.${name}`, "may not be specified when `type` is 'Pod'"));
    }
  }
  if (item.type === CLAIM && amount(item.min, 'storage') === undefined && amount(item.max, 'storage') === undefined) {
    const detail = 'either minimum or maximum storage value is required, but neither was provided';
    errors.push(fieldError.required(`${at}.limits`, detail));
  }
  return [...errors, ...ofList(item.maxLimitRequestRatio, 'maxLimitRequestRatio')];
}

interface Amount extends Quantity {
  text: string;
}

function amount(list: ResourceList | undefined, name: string): Amount | undefined {
  const text = list && Object.hasOwn(list, name) ? list[name] : undefined;
  const quantity = text === undefined ? undefined : parseQuantity(text);
  return quantity && { ...quantity, text: text as string };
}

function isMore(a: Amount | undefined, b: Amount | undefined): boolean {
  return a !== undefined && b !== undefined && compareQuantities(a, b) > 0;
}

function validateAmounts(item: LimitRangeItem, at: string): FieldError[] {
  const { max, min, default: limits, defaultRequest: requests, maxLimitRequestRatio: ratios } = item;
  const own = item.type === 'Pod' ? [max, min, ratios] : [max, min, limits, requests, ratios];
  const names = new Set(own.flatMap((list) => Object.keys(list ?? {})));
  return [...names].flatMap((name) => validateAmount(item, name, at));
}

function validateAmount(item: LimitRangeItem, name: string, at: string): FieldError[] {
  const [min, max, ratio] = [amount(item.min, name), amount(item.max, name), amount(item.maxLimitRequestRatio, name)];
  const isOfPods = item.type === 'Pod';
  const limit = isOfPods ? undefined : amount(item.default, name);
  const request = isOfPods ? undefined : amount(item.defaultRequest, name);
  const errors: FieldError[] = [];
  const refuse = (list: string, value: Amount | undefined, detail: string): void => {
    errors.push(fieldError.invalid(`${at}.${list}[${name}]`, value?.text, detail));
  };
  if (isMore(min, max)) refuse('min', min, `min value ${min?.text} is greater than max value ${max?.text}`);
  if (isMore(min, request)) {
    refuse('defaultRequest', request, `min value ${min?.text} is greater than default request value ${request?.text}`);
  }
  if (isMore(request, max)) {
    refuse('defaultRequest', request, `default request value ${request?.text} is greater than max value ${max?.text}`);
  }
  if (isMore(request, limit)) {
    const detail = `default request value ${request?.text} is greater than default limit value ${limit?.text}`;
    refuse('defaultRequest', request, detail);
  }
  if (isMore(min, limit)) refuse('default', min, `min value ${min?.text} is greater than default value ${limit?.text}`);
  if (isMore(limit, max)) refuse('default', max, `default value ${limit?.text} is greater than max value ${max?.text}`);
  if (ratio && ratio.nano < 1_000_000_000n) {
    refuse('maxLimitRequestRatio', ratio, `ratio ${ratio.text} is less than 1`);
  }
  if (ratio && min && max) {
    const widest = ratioOf(ratio, min, max);
    if (widest !== undefined) {
      refuse('maxLimitRequestRatio', ratio, `ratio ${ratio.text} is greater than max/min = ${widest}`);
    }
  }
  const mayOvercommit = isNative(name) && !isHugePages(name);
  if (!mayOvercommit && limit && request && compareQuantities(limit, request) !== 0) {
    const detail = `default value ${limit.text} must equal to defaultRequest value ${request.text} in ${name}`;
    refuse('defaultRequest', request, detail);
  }
  return errors;
}

/** max/min as text, where the ratio is greater. */
function ratioOf(ratio: Quantity, min: Quantity, max: Quantity): string | undefined {
  const isExact = [ratio, min, max].every((one) => unitCeil(one) < MAX_MILLI);
  const count = isExact ? milliCeil : unitCeil;
  const given = isExact ? Number(milliCeil(ratio)) / 1000 : Number(unitCeil(ratio));
  const widest = Number(count(max)) / Number(count(min));
  return given > widest ? formatFloat(widest) : undefined;
}

/** Go's `%f`. */
export function formatFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return value.toFixed(6);
}
