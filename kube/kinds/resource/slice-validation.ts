/** ResourceSlices, which drivers publish (`pkg/apis/resource/validation`, ValidateResourceSlice). */
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { isDNS1123Label, isDNS1123Subdomain, isValidLabelValue } from '../../machinery/names.ts';
import { gaveEmpty } from '../../machinery/schema/empties.ts';
import { exceedsUtf8 } from '../../machinery/utf8-size.ts';
import type { ResourceSlice } from '../../types.ts';
import { validateNodeSelector } from '../core/pod-spec/node-selector.ts';
import { invalidEach, validateEnum, validateImmutable } from '../validation/fields.ts';
import { validateLabelName } from '../validation/labels.ts';
import { repeated } from '../validation/repeated.ts';
import { validateRequestPolicy } from './capacity-policy.ts';
import { each, validateDriverName, validateQualifiedName } from './device-validation.ts';

type Spec = NonNullable<ResourceSlice['spec']>;
type Device = NonNullable<Spec['devices']>[number];
type NodeChoice = Pick<Device, 'nodeName' | 'nodeSelector' | 'allNodes'> & { perDeviceNodeSelection?: boolean };
type BindingConditions = Pick<Device, 'bindingConditions' | 'bindingFailureConditions'>;
type Attribute = Readonly<Record<string, unknown>>;

const MAX_DEVICES = 128;
const MAX_ADVANCED_DEVICES = 64;
const MAX_ENTRIES = 32;
/** Each attribute has one value, as lists of values are disabled. */
const MAX_ATTRIBUTE_VALUES = 48;
const MAX_VALUE = 64;
const MAX_TAINTS = 16;
const MAX_CONDITIONS = 4;
const MAX_COUNTER_SETS = 8;
const MAX_CONSUMPTIONS = 2;
const MAX_POOL = 253;
/** `domain/name` */
const MAX_KEY = 63 + 1 + 32;
const EFFECTS = ['NoExecute', 'NoSchedule', 'None'];
const SEMVER =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(\.(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?(\+[0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*)?$/;

export function validateResourceSlice({ spec }: ResourceSlice, old?: ResourceSlice): FieldError[] {
  const { driver = '', devices, sharedCounters } = spec ?? ({} as Spec);
  const given = spec ?? ({} as Spec);
  const errors = [
    ...validateDriverName(driver, 'spec.driver'),
    ...validatePool(given.pool),
    ...(old ? validateKept(given, old.spec) : []),
    ...validateNodes(given, 'spec'),
  ];
  const isGiven = (name: 'sharedCounters' | 'devices') => given[name] !== undefined || gaveEmpty(spec, name);
  if (isGiven('sharedCounters') && isGiven('devices')) {
    errors.push(fieldError.invalid('spec', '', 'only one of `sharedCounters` or `devices` is allowed'));
  }
  const max = devices?.some(isAdvanced) ? MAX_ADVANCED_DEVICES : MAX_DEVICES;
  const perDevice = given.perDeviceNodeSelection === true;
  return [
    ...errors,
    ...each(
      devices,
      max,
      'spec.devices',
      (device, at) => validateDevice(device, perDevice, at),
      ({ name = '' }) => name,
    ),
    ...each(
      sharedCounters,
      MAX_COUNTER_SETS,
      'spec.sharedCounters',
      ({ name = '', counters = {} }, at) => validateCounters(name, counters, `${at}.name`, at),
      ({ name = '' }) => name,
    ),
  ];
}

function validateKept(spec: Spec, old: Spec | undefined): FieldError[] {
  return [
    ...validateImmutable(spec.pool?.name, old?.pool?.name, 'spec.pool.name'),
    ...validateImmutable(spec.driver, old?.driver, 'spec.driver'),
    ...validateImmutable(spec.nodeName, old?.nodeName, 'spec.nodeName'),
  ];
}

function isAdvanced({ taints, consumesCounters }: Device): boolean {
  return Boolean(taints?.length) || Boolean(consumesCounters?.length);
}

function validatePool(pool: Spec['pool'] | undefined): FieldError[] {
  const { name = '', generation = 0, resourceSliceCount = 0 } = pool ?? {};
  const errors = validatePoolName(name, 'spec.pool.name');
  if (resourceSliceCount <= 0) {
    errors.push(fieldError.invalid('spec.pool.resourceSliceCount', resourceSliceCount, 'must be greater than zero'));
  }
  if (generation < 0) {
    errors.push(fieldError.invalid('spec.pool.generation', generation, 'must be greater than or equal to zero'));
  }
  return errors;
}

export function validatePoolName(name: string, field: string): FieldError[] {
  if (name === '') return [fieldError.required(field)];
  const errors = exceedsUtf8([name], MAX_POOL) ? [fieldError.tooLong(field, MAX_POOL)] : [];
  return [...errors, ...name.split('/').flatMap((part) => invalidEach(field, part, isDNS1123Subdomain(part)))];
}

const ONE_OF = 'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required';
const ONE_OF_DEVICE =
  'exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set to true in the ResourceSlice spec';

function validateNodes(choice: NodeChoice, at: string): FieldError[] {
  const isSlice = at === 'spec';
  const { nodeName, nodeSelector } = choice;
  const errors: FieldError[] = [];
  const set: string[] = [];
  if (nodeName) {
    set.push('`nodeName`');
    errors.push(...invalidEach(`${at}.nodeName`, nodeName, isDNS1123Subdomain(nodeName)));
  } else if (nodeName !== undefined) {
    const detail = isSlice ? 'must be either unset or set to a non-empty string' : 'must not be empty';
    errors.push(fieldError.invalid(`${at}.nodeName`, nodeName, detail));
  }
  if (nodeSelector) {
    set.push('`nodeSelector`');
    errors.push(...validateNodeSelector(nodeSelector, `${at}.nodeSelector`));
    const { nodeSelectorTerms: terms = [] } = nodeSelector;
    if (isSlice && terms.length !== 1) {
      const field = `${at}.nodeSelector.nodeSelectorTerms`;
      errors.push(fieldError.invalid(field, terms, 'must have exactly one node selector term'));
    }
  }
  for (const name of ['allNodes', 'perDeviceNodeSelection'] as const) {
    if (choice[name] === true) set.push(`\`${name}\``);
    else if (choice[name] === false) {
      errors.push(fieldError.invalid(`${at}.${name}`, false, 'must be either unset or set to true'));
    }
  }
  if (set.length === 0) errors.push(fieldError.required(at, isSlice ? ONE_OF : ONE_OF_DEVICE));
  if (set.length > 1) {
    const detail = isSlice ? `${ONE_OF}, but multiple fields are set` : ONE_OF_DEVICE;
    errors.push(fieldError.invalid(at, `{${set.join(', ')}}`, detail));
  }
  return errors;
}

function validateDevice(device: Device, perDevice: boolean, at: string): FieldError[] {
  const { name = '', attributes = {}, capacity = {}, allowMultipleAllocations } = device;
  const errors = invalidEach(`${at}.name`, name, isDNS1123Label(name));
  const entries = Object.keys(attributes).length + Object.keys(capacity).length;
  if (entries > MAX_ENTRIES) {
    const detail = `the total number of attributes and capacities must not exceed ${MAX_ENTRIES}`;
    errors.push(fieldError.invalid(at, entries, detail));
  }
  const values = Object.keys(attributes).length;
  if (values > MAX_ATTRIBUTE_VALUES) {
    const detail = `the total number of attribute values must not exceed ${MAX_ATTRIBUTE_VALUES}`;
    errors.push(fieldError.invalid(at, values, detail));
  }
  errors.push(...entriesOf(attributes, `${at}.attributes`, (one, field) => validateAttribute(one as Attribute, field)));
  errors.push(
    ...entriesOf(capacity, `${at}.capacity`, ({ value, requestPolicy }, field) => {
      if (!requestPolicy) return [];
      if (allowMultipleAllocations) return validateRequestPolicy(requestPolicy, value, `${field}.requestPolicy`);
      return [fieldError.forbidden(`${field}.requestPolicy`, 'allowMultipleAllocations must be true')];
    }),
  );
  errors.push(...each(device.taints, MAX_TAINTS, `${at}.taints`, validateTaint));
  errors.push(
    ...each(
      device.consumesCounters,
      MAX_CONSUMPTIONS,
      `${at}.consumesCounters`,
      ({ counterSet = '', counters = {} }, field) =>
        validateCounters(counterSet, counters, `${field}.counterSet`, field),
      ({ counterSet = '' }) => counterSet,
    ),
  );
  if (perDevice) errors.push(...validateNodes(device, at));
  else if ([device.nodeName, device.nodeSelector, device.allNodes].some((one) => one !== undefined)) {
    const detail =
      '`nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true in the ResourceSlice spec';
    errors.push(fieldError.invalid(at, null, detail));
  }
  return [...errors, ...validateBinding(device, at)];
}

/** Errors about keys stand at the map, those about values at their key. */
function entriesOf<T>(
  map: Readonly<Record<string, T>>,
  field: string,
  validate: (item: T, field: string) => FieldError[],
): FieldError[] {
  return Object.entries(map).flatMap(([key, item]) => [
    ...validateQualifiedName(key, field),
    ...validate(item, `${field}[${shortened(key, MAX_KEY)}]`),
  ]);
}

function shortened(text: string, max: number): string {
  if (text.length <= max) return text;
  const rest = max - 3;
  return `${text.slice(0, Math.floor((rest + 1) / 2))}...${text.slice(text.length - Math.floor(rest / 2))}`;
}

function validateAttribute(attribute: Attribute, field: string): FieldError[] {
  const { string, version } = attribute as { string?: string; version?: string };
  const errors: FieldError[] = [];
  if (string !== undefined && exceedsUtf8([string], MAX_VALUE))
    errors.push(fieldError.tooLong(`${field}.string`, MAX_VALUE));
  if (version !== undefined) {
    const at = `${field}.version`;
    if (!SEMVER.test(version)) {
      errors.push(fieldError.invalid(at, version, 'must be a string compatible with semver.org spec 2.0.0'));
    }
    if (exceedsUtf8([version], MAX_VALUE)) errors.push(fieldError.tooLong(at, MAX_VALUE));
  }
  const count = ['bool', 'int', 'string', 'version'].filter((name) => attribute[name] !== undefined).length;
  if (count !== 1) {
    errors.push(fieldError.invalid(field, count === 0 ? '' : attribute, 'exactly one value must be specified'));
  }
  return errors;
}

function validateTaint(
  { key = '', value, effect = '' }: NonNullable<Device['taints']>[number],
  at: string,
): FieldError[] {
  return [
    ...validateLabelName(key, `${at}.key`),
    ...(value ? invalidEach(`${at}.value`, value, isValidLabelValue(value)) : []),
    ...(effect === '' ? [fieldError.required(`${at}.effect`)] : validateEnum(effect, EFFECTS, `${at}.effect`)),
  ];
}

function validateCounters(name: string, counters: object, nameField: string, at: string): FieldError[] {
  const errors = name === '' ? [fieldError.required(nameField)] : invalidEach(nameField, name, isDNS1123Label(name));
  const field = `${at}.counters`;
  const keys = Object.keys(counters);
  if (keys.length === 0) return [...errors, fieldError.required(field)];
  if (keys.length > MAX_ENTRIES) return [...errors, fieldError.tooMany(field, keys.length, MAX_ENTRIES)];
  return [...errors, ...keys.flatMap((key) => invalidEach(field, key, isDNS1123Label(key)))];
}

export function validateBinding(
  { bindingConditions: met = [], bindingFailureConditions: failed = [] }: BindingConditions,
  at: string,
): FieldError[] {
  const [field, other] = [`${at}.bindingConditions`, `${at}.bindingFailureConditions`];
  const errors = [
    ...each(met, MAX_CONDITIONS, field, validateLabelName),
    ...each(failed, MAX_CONDITIONS, other, validateLabelName),
    ...[...repeated(met)].map((index) => fieldError.duplicate(`${field}[${index}]`, met[index])),
  ];
  const twice = repeated(failed);
  const isMet = new Set(met);
  for (const [index, one] of failed.entries()) {
    if (twice.has(index)) errors.push(fieldError.duplicate(`${other}[${index}]`, one));
    if (!isMet.has(one)) continue;
    const detail = 'bindingFailureConditions must not overlap with bindingConditions';
    errors.push(fieldError.invalid(`${other}[${index}]`, one, detail));
  }
  if (met.length === 0 && failed.length > 0) {
    const detail = 'bindingConditions are required to use bindingFailureConditions';
    errors.push(fieldError.invalid(field, null, detail));
  }
  if (failed.length === 0 && met.length > 0) {
    const detail = 'bindingFailureConditions are required to use bindingConditions';
    errors.push(fieldError.invalid(other, null, detail));
  }
  return errors;
}
