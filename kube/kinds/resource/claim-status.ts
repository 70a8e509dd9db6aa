/** The status of a claim (`pkg/apis/resource/validation`, validateResourceClaimStatusUpdate). */
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { isDNS1123Label } from '../../machinery/names.ts';
import { exceedsUtf8 } from '../../machinery/utf8-size.ts';
import type { ResourceClaim } from '../../types.ts';
import { validateNodeSelector } from '../core/pod-spec/node-selector.ts';
import { invalidEach, validateEnum, validateImmutable } from '../validation/fields.ts';
import { validateInterfaceAddress } from '../validation/ip.ts';
import { validateLabelName } from '../validation/labels.ts';
import {
  type Configuration,
  type DeviceClaim,
  each,
  namesOf,
  validateConfiguration,
  validateDriverName,
  validateJson,
  validateReference,
} from './device-validation.ts';
import { validateBinding, validatePoolName } from './slice-validation.ts';

type Status = NonNullable<ResourceClaim['status']>;
type Allocation = NonNullable<Status['allocation']>;
type Result = NonNullable<NonNullable<Allocation['devices']>['results']>[number];
type DeviceStatus = NonNullable<Status['devices']>[number];
type Condition = NonNullable<DeviceStatus['conditions']>[number];
type Consumer = Partial<NonNullable<Status['reservedFor']>[number]>;
type NetworkData = NonNullable<DeviceStatus['networkData']>;

const MAX_CONSUMERS = 256;
const MAX_RESULTS = 32;
const MAX_CONFIGURATIONS = 64;
const MAX_CONDITIONS = 8;
const MAX_ADDRESSES = 16;
const MAX_INTERFACE = 256;
const MAX_HARDWARE = 128;
const MAX_REASON = 1024;
const MAX_MESSAGE = 32 * 1024;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const REASON = /^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/;
const REASON_TEXT =
  "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName',  or 'ReasonA,ReasonB',  or 'ReasonA:ReasonB', regex used for validation is '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?')";

/** Of an allocated device, or a share of it. */
export const deviceKey = ({ driver = '', pool = '', device = '', shareID = '' }: Partial<Result>): string =>
  JSON.stringify([driver, pool, device, shareID]);

/** The state of a device that the claim no longer has goes with it. */
export function prepareClaimStatus({ status }: ResourceClaim, { status: old }: ResourceClaim): void {
  if (!status?.devices) return;
  const kept = new Set((status.allocation?.devices?.results ?? []).map(deviceKey));
  const gone = new Set((old?.allocation?.devices?.results ?? []).map(deviceKey).filter((key) => !kept.has(key)));
  if (gone.size === 0) return;
  status.devices = status.devices.filter((device) => !gone.has(deviceKey(device)));
  if (status.devices.length === 0) delete status.devices;
}

export function validateClaimStatus(next: ResourceClaim, { status: old }: ResourceClaim): FieldError[] {
  const { allocation, reservedFor = [], devices } = next.status ?? {};
  const allocated = new Set((allocation?.devices?.results ?? []).map(deviceKey));
  const errors = [
    ...each(reservedFor, MAX_CONSUMERS, 'status.reservedFor', validateConsumer, ({ uid = '' }) => uid),
    ...each(
      devices,
      Number.POSITIVE_INFINITY,
      'status.devices',
      (device, at) => validateDevice(device, allocated, at),
      deviceKey,
    ),
  ];
  if (reservedFor.length > 0 && !allocation) {
    errors.push(fieldError.forbidden('status.reservedFor', 'may not be specified when `allocated` is not set'));
  } else if (next.metadata.deletionTimestamp) {
    const before = new Set((old?.reservedFor ?? []).map(consumerKey));
    if (reservedFor.some((one) => !before.has(consumerKey(one)))) {
      const why = 'new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set';
      errors.push(fieldError.forbidden('status.reservedFor', why));
    }
  }
  if (!allocation) return errors;
  if (old?.allocation) return [...errors, ...validateImmutable(allocation, old.allocation, 'status.allocation')];
  const names = namesOf((next.spec?.devices as DeviceClaim | undefined)?.requests ?? []);
  return [...errors, ...validateAllocation(allocation, names, 'status.allocation')];
}

function consumerKey({ apiGroup = '', resource = '', name = '', uid = '' }: Consumer): string {
  return JSON.stringify([apiGroup, resource, name, uid]);
}

function validateConsumer(consumer: Consumer, at: string): FieldError[] {
  return (['resource', 'name', 'uid'] as const).flatMap((part) =>
    consumer[part] ? [] : [fieldError.required(`${at}.${part}`)],
  );
}

function validateAllocation(
  { devices, nodeSelector }: Allocation,
  names: ReadonlySet<string>,
  field: string,
): FieldError[] {
  return [
    ...each(devices?.results, MAX_RESULTS, `${field}.devices.results`, (result, at) =>
      validateResult(result, names, at),
    ),
    ...each(devices?.config, MAX_CONFIGURATIONS, `${field}.devices.config`, ({ source = '', ...config }, at) => [
      ...(source === ''
        ? [fieldError.required(`${at}.source`)]
        : validateEnum(source, ['FromClaim', 'FromClass'], `${at}.source`)),
      ...each(
        config.requests,
        MAX_RESULTS,
        `${at}.requests`,
        (name, path) => validateReference(name, path, names),
        String,
      ),
      ...validateConfiguration(config as Configuration, at),
    ]),
    ...(nodeSelector ? validateNodeSelector(nodeSelector, `${field}.nodeSelector`) : []),
  ];
}

function validateResult(result: Result, names: ReadonlySet<string>, at: string): FieldError[] {
  return [
    ...validateReference(result.request ?? '', `${at}.request`, names),
    ...validatePlace(result, at),
    ...validateBinding(result, at),
    ...validateShare(result.shareID, `${at}.shareID`),
  ];
}

function validatePlace({ driver = '', pool = '', device = '' }: Partial<Result>, at: string): FieldError[] {
  return [
    ...validateDriverName(driver, `${at}.driver`),
    ...validatePoolName(pool, `${at}.pool`),
    ...invalidEach(`${at}.device`, device, isDNS1123Label(device)),
  ];
}

function validateShare(id: string | undefined, field: string): FieldError[] {
  if (id === undefined || UUID.test(id)) return [];
  const why = UUID.test(id.toLowerCase())
    ? 'uid must be in RFC 4122 normalized form, `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` with lowercase hexadecimal characters'
    : `error validating uid: ${id.length === 36 ? 'invalid UUID format' : `invalid UUID length: ${id.length}`}`;
  return [fieldError.invalid(field, id, why)];
}

function validateDevice(device: DeviceStatus, allocated: ReadonlySet<string>, at: string): FieldError[] {
  const { conditions = [], data, networkData, shareID } = device;
  const errors = [...validatePlace(device, at), ...validateShare(shareID, `${at}.shareID`)];
  if (!allocated.has(deviceKey(device))) {
    const { driver: Driver = '', pool: Pool = '', device: Device = '' } = device;
    const shown = { Driver, Pool, Device, ShareID: shareID ?? '' };
    errors.push(fieldError.invalid(at, shown, 'must be an allocated device in the claim'));
  }
  if (conditions.length > MAX_CONDITIONS) {
    errors.push(fieldError.tooMany(`${at}.conditions`, conditions.length, MAX_CONDITIONS));
  }
  return [
    ...errors,
    ...validateConditions(conditions, `${at}.conditions`),
    ...(data === undefined ? [] : validateJson(data, `${at}.data`)),
    ...(networkData ? validateNetwork(networkData, `${at}.networkData`) : []),
  ];
}

/** `metav1validation.ValidateConditions` */
function validateConditions(conditions: readonly Condition[], field: string): FieldError[] {
  const seen = new Set<string>();
  return conditions.flatMap((condition, i) => {
    const { type = '', status = '', observedGeneration = 0, lastTransitionTime, reason = '', message = '' } = condition;
    const at = `${field}[${i}]`;
    const errors = seen.has(type) ? [fieldError.duplicate(`${at}.type`, type)] : [];
    seen.add(type);
    errors.push(
      ...validateLabelName(type, `${at}.type`),
      ...validateEnum(status, ['False', 'True', 'Unknown'], `${at}.status`),
    );
    if (observedGeneration < 0) {
      const why = 'must be greater than or equal to zero';
      errors.push(fieldError.invalid(`${at}.observedGeneration`, observedGeneration, why));
    }
    if (!lastTransitionTime) errors.push(fieldError.required(`${at}.lastTransitionTime`));
    if (reason === '') errors.push(fieldError.required(`${at}.reason`));
    else if (!REASON.test(reason)) errors.push(fieldError.invalid(`${at}.reason`, reason, REASON_TEXT));
    if (exceedsUtf8([reason], MAX_REASON)) errors.push(fieldError.tooLong(`${at}.reason`, MAX_REASON));
    if (exceedsUtf8([message], MAX_MESSAGE)) errors.push(fieldError.tooLong(`${at}.message`, MAX_MESSAGE));
    return errors;
  });
}

function validateNetwork({ interfaceName = '', hardwareAddress = '', ips }: NetworkData, field: string): FieldError[] {
  const errors: FieldError[] = [];
  if (exceedsUtf8([interfaceName], MAX_INTERFACE))
    errors.push(fieldError.tooLong(`${field}.interfaceName`, MAX_INTERFACE));
  if (exceedsUtf8([hardwareAddress], MAX_HARDWARE))
    errors.push(fieldError.tooLong(`${field}.hardwareAddress`, MAX_HARDWARE));
  return [...errors, ...each(ips, MAX_ADDRESSES, `${field}.ips`, validateInterfaceAddress, String)];
}
