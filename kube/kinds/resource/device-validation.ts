/** Requests for devices (`pkg/apis/resource/validation`, validateDeviceClaim). */
import { compileDeviceSelector } from '../../machinery/cel/devices/selector.ts';
import { type FieldError, fieldError, typed } from '../../machinery/field-error.ts';
import { isCIdentifier, isDNS1123Label, isDNS1123Subdomain, isValidLabelValue } from '../../machinery/names.ts';
import { exceedsUtf8 } from '../../machinery/utf8-size.ts';
import { invalidEach, validateEnum } from '../validation/fields.ts';
import { validateLabelName } from '../validation/labels.ts';

interface Toleration {
  key?: string;
  operator?: string;
  value?: string;
  effect?: string;
}

export interface Selector {
  cel?: { expression?: string };
}

interface ExactRequest {
  deviceClassName?: string;
  selectors?: Selector[];
  allocationMode?: string;
  count?: number;
  tolerations?: Toleration[];
}

interface Request {
  name?: string;
  exactly?: ExactRequest;
  firstAvailable?: (ExactRequest & { name?: string })[];
}

interface Constraint {
  requests?: string[];
  matchAttribute?: string;
  distinctAttribute?: string;
}

export interface Configuration {
  requests?: string[];
  opaque?: { driver?: string; parameters?: unknown };
}

export interface DeviceClaim {
  requests?: Request[];
  constraints?: Constraint[];
  config?: Configuration[];
}

const MAX_ITEMS = 32;
const MAX_ALTERNATIVES = 8;
/** UTF-16 code units, as good as bytes for what expressions and parameters hold. */
const MAX_TEXT = 10 * 1024;
const MAX_ID = 32;
const MAX_DRIVER = 63;
const NO_SUCH_REQUEST =
  "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'";

/** `validateSlice`, `validateSet`: of too many, none is looked at. */
export function each<T>(
  items: readonly T[] | undefined,
  max: number,
  field: string,
  validate: (item: T, field: string) => FieldError[],
  keyOf?: (item: T) => string,
): FieldError[] {
  const all = items ?? [];
  if (all.length > max) return [fieldError.tooMany(field, all.length, max)];
  const errors = all.flatMap((item, index) => validate(item, `${field}[${index}]`));
  const seen = new Set<string>();
  for (const [index, item] of all.entries()) {
    const key = keyOf?.(item);
    if (key === undefined) continue;
    if (seen.has(key)) errors.push(fieldError.duplicate(`${field}[${index}]`, key));
    seen.add(key);
  }
  return errors;
}

export function validateDeviceClaim(claim: DeviceClaim | undefined, field: string): FieldError[] {
  const { requests = [], constraints, config } = claim ?? {};
  const names = namesOf(requests);
  const refers = (list: string[] | undefined, at: string): FieldError[] =>
    each(list, MAX_ITEMS, `${at}.requests`, (name, path) => validateReference(name, path, names), String);
  return [
    ...each(requests, MAX_ITEMS, `${field}.requests`, validateRequest, ({ name = '' }) => name),
    ...each(constraints, MAX_ITEMS, `${field}.constraints`, (constraint, at) => [
      ...refers(constraint.requests, at),
      ...validateConstraint(constraint, at),
    ]),
    ...each(config, MAX_ITEMS, `${field}.config`, (one, at) => [
      ...refers(one.requests, at),
      ...validateConfiguration(one, at),
    ]),
  ];
}

/** Requests, and those among their alternatives. */
export function namesOf(requests: readonly Request[]): ReadonlySet<string> {
  return new Set(
    requests.flatMap(({ name = '', firstAvailable = [] }) => [
      name,
      ...firstAvailable.map((one) => `${name}/${one.name ?? ''}`),
    ]),
  );
}

export function validateReference(name: string, field: string, names: ReadonlySet<string>): FieldError[] {
  const segments = name.split('/');
  const unknown = fieldError.invalid(field, name, NO_SUCH_REQUEST);
  if (segments.length > 2) return [unknown];
  const errors = segments.flatMap((segment) => invalidEach(field, segment, isDNS1123Label(segment)));
  return names.has(name) ? errors : [...errors, unknown];
}

function validateRequest({ name = '', exactly, firstAvailable = [] }: Request, field: string): FieldError[] {
  const errors = invalidEach(`${field}.name`, name, isDNS1123Label(name));
  const rule = 'exactly one of `exactly` or `firstAvailable` is required';
  if (!exactly && firstAvailable.length === 0) errors.push(fieldError.required(field, rule));
  else if (exactly && firstAvailable.length > 0) {
    errors.push(fieldError.invalid(field, null, `${rule}, but multiple fields are set`));
  } else if (exactly) errors.push(...validateExact(exactly, `${field}.exactly`));
  else {
    const validate = (one: ExactRequest & { name?: string }, at: string): FieldError[] => [
      ...invalidEach(`${at}.name`, one.name ?? '', isDNS1123Label(one.name ?? '')),
      ...validateExact(one, at),
    ];
    const at = `${field}.firstAvailable`;
    errors.push(...each(firstAvailable, MAX_ALTERNATIVES, at, validate, (one) => one.name ?? ''));
  }
  return errors;
}

function validateExact(request: ExactRequest, field: string): FieldError[] {
  const { deviceClassName = '', selectors, allocationMode = '', count = 0, tolerations = [] } = request;
  const at = `${field}.deviceClassName`;
  const errors =
    deviceClassName === ''
      ? [fieldError.required(at)]
      : invalidEach(at, deviceClassName, isDNS1123Subdomain(deviceClassName));
  errors.push(...validateSelectors(selectors, `${field}.selectors`));
  if (allocationMode === 'All') {
    const detail = "must not be specified when allocationMode is 'All'";
    if (count !== 0) errors.push(fieldError.invalid(`${field}.count`, count, detail));
  } else if (allocationMode === 'ExactCount') {
    if (count <= 0) errors.push(fieldError.invalid(`${field}.count`, count, 'must be greater than zero'));
  } else errors.push(fieldError.notSupported(`${field}.allocationMode`, allocationMode, ['All', 'ExactCount']));
  return [...errors, ...tolerations.flatMap((one, index) => validateToleration(one, `${field}.tolerations[${index}]`))];
}

export function validateSelectors(selectors: Selector[] | undefined, field: string): FieldError[] {
  return each(selectors, MAX_ITEMS, field, ({ cel }, at) => {
    if (!cel) return [fieldError.required(`${at}.cel`)];
    const { expression = '' } = cel;
    const place = `${at}.cel.expression`;
    if (exceedsUtf8([expression], MAX_TEXT)) return [fieldError.tooLong(place, MAX_TEXT)];
    const selector = compileDeviceSelector(expression);
    if (selector.error !== undefined) return [fieldError.invalid(place, expression, selector.error)];
    return selector.isTooComplex ? [fieldError.forbidden(place, 'too complex, exceeds cost limit')] : [];
  });
}

function validateToleration({ key, operator = '', value = '', effect }: Toleration, field: string): FieldError[] {
  const errors = key ? validateLabelName(key, `${field}.key`) : [];
  if (operator === 'Exists') {
    const detail = 'must be empty for operator `Exists`';
    if (value !== '') errors.push(fieldError.invalid(`${field}.value`, value, detail));
  } else if (operator === 'Equal') errors.push(...invalidEach(`${field}.value`, value, isValidLabelValue(value)));
  else if (operator === '') errors.push(fieldError.required(`${field}.operator`));
  else errors.push(fieldError.notSupported(`${field}.operator`, operator, ['Equal', 'Exists']));
  return effect ? [...errors, ...validateEnum(effect, ['NoExecute', 'NoSchedule', 'None'], `${field}.effect`)] : errors;
}

function validateConstraint({ matchAttribute, distinctAttribute }: Constraint, field: string): FieldError[] {
  if (matchAttribute !== undefined) return validateAttribute(matchAttribute, `${field}.matchAttribute`);
  if (distinctAttribute !== undefined) return validateAttribute(distinctAttribute, `${field}.distinctAttribute`);
  const detail = 'exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set';
  return [fieldError.required(field, detail)];
}

function validateAttribute(name: string, field: string): FieldError[] {
  const errors = validateQualifiedName(name, field);
  if (name.includes('/')) return errors;
  const detail = 'a fully qualified name must be a domain and a name separated by a slash';
  return [...errors, fieldError.invalid(field, typed(name), detail)];
}

/** `name`, or `domain/name` */
export function validateQualifiedName(name: string, field: string): FieldError[] {
  const [domain = '', id, ...more] = name.split('/');
  if (id === undefined) return validateIdentifier(domain, field);
  if (more.length > 0) return [];
  const empty = (what: string) => [fieldError.invalid(field, '', `the ${what} must not be empty`)];
  return [
    ...(domain === '' ? empty('domain') : validateDriverName(domain, field)),
    ...(id === '' ? empty('name') : validateIdentifier(id, field)),
  ];
}

function validateIdentifier(id: string, field: string): FieldError[] {
  const errors = invalidEach(field, id, isCIdentifier(id));
  return exceedsUtf8([id], MAX_ID) ? [fieldError.tooLong(field, MAX_ID), ...errors] : errors;
}

/** `ValidateCSIDriverName` */
export function validateDriverName(name: string, field: string): FieldError[] {
  if (name === '') return [fieldError.required(field)];
  const errors = invalidEach(field, name, isDNS1123Subdomain(name.toLowerCase()));
  return exceedsUtf8([name], MAX_DRIVER) ? [fieldError.tooLong(field, MAX_DRIVER), ...errors] : errors;
}

export function validateConfiguration({ opaque }: Configuration, at: string): FieldError[] {
  const field = `${at}.opaque`;
  if (!opaque) return [fieldError.required(field)];
  return [
    ...validateDriverName(opaque.driver ?? '', `${field}.driver`),
    ...validateJson(opaque.parameters, `${field}.parameters`),
  ];
}

/** The configuration of a driver is an object (`validateRawExtension`). */
export function validateJson(value: unknown, field: string): FieldError[] {
  if (value === undefined || value === null) return [fieldError.required(field)];
  if (exceedsUtf8([JSON.stringify(value)], MAX_TEXT)) return [fieldError.tooLong(field, MAX_TEXT)];
  if (typeof value === 'object' && !Array.isArray(value)) return [];
  return [fieldError.invalid(field, '<value omitted>', 'must be a valid JSON object')];
}

export function validateClassConfigurations(configs: Configuration[] | undefined, field: string): FieldError[] {
  return each(configs, MAX_ITEMS, field, validateConfiguration);
}
