/** References to fields of the pod itself (`validateObjectFieldSelector`, `validateContainerResourceFieldSelector`). */
import { type FieldError, fieldError, plain } from '../../../machinery/field-error.ts';
import { isQualifiedName } from '../../../machinery/names.ts';
import { formatQuantity, parseQuantity } from '../../../machinery/quantity.ts';
import { invalidEach } from '../../validation/fields.ts';

export const ENV_FIELDS: readonly string[] = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];

export const VOLUME_FIELDS: readonly string[] = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
];

const KNOWN_FIELDS: ReadonlySet<string> = new Set([
  ...ENV_FIELDS,
  ...VOLUME_FIELDS,
  'spec.restartPolicy',
  'spec.schedulerName',
  'status.phase',
]);

const RESOURCE_FIELDS: readonly string[] = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
];

interface FieldRef {
  apiVersion?: string;
  fieldPath?: string;
}

export function validateFieldRef(
  { apiVersion, fieldPath }: FieldRef,
  supported: readonly string[],
  field: string,
): FieldError[] {
  if (!apiVersion) return [fieldError.required(`${field}.apiVersion`)];
  if (!fieldPath) return [fieldError.required(`${field}.fieldPath`)];
  const subscripted = /^(.*)\['(.*)'\]$/.exec(fieldPath);
  const [, path = fieldPath, key] = subscripted ?? [];
  if (key !== undefined) {
    // Annotations are found in any case.
    const lower = key.toLowerCase();
    if (path === 'metadata.annotations') return invalidEach(field, lower, isQualifiedName(lower));
    if (path === 'metadata.labels') return invalidEach(field, key, isQualifiedName(key));
  }
  if (apiVersion !== 'v1' || !KNOWN_FIELDS.has(path)) {
    const problem = apiVersion === 'v1' ? 'field label not supported' : 'unsupported pod version';
    const what = apiVersion === 'v1' ? fieldPath : apiVersion;
    return [fieldError.invalid(`${field}.fieldPath`, fieldPath, `error converting fieldPath: ${problem}: ${what}`)];
  }
  if (key !== undefined) return [fieldError.invalid(field, path, 'does not support subscript')];
  return supported.includes(path) ? [] : [fieldError.notSupported(`${field}.fieldPath`, plain(path), supported)];
}

interface ResourceRef {
  containerName?: string;
  resource?: string;
  divisor?: string;
}

/** The units that an amount may be told in, of processors and of bytes. */
const CPU_UNITS: readonly string[] = ['1m', '1'];
const BYTE_UNITS: readonly string[] = '1 1k 1M 1G 1T 1P 1E 1Ki 1Mi 1Gi 1Ti 1Pi 1Ei'.split(' ');

/** `validateContainerResourceDivisor`: it is told whatever else is wrong with the reference. */
function validateDivisor({ resource = '', divisor }: ResourceRef, field: string): FieldError[] {
  const quantity = divisor === undefined ? undefined : parseQuantity(divisor);
  if (!quantity || quantity.nano === 0n) return [];
  const [, what = ''] = /^(?:limits|requests)\.(cpu|memory|ephemeral-storage|hugepages-)/.exec(resource) ?? [];
  const isHuge = what === 'hugepages-';
  if (what === '' || (!isHuge && !RESOURCE_FIELDS.includes(resource))) return [];
  const units = what === 'cpu' ? CPU_UNITS : BYTE_UNITS;
  if (units.includes(formatQuantity(quantity))) return [];
  const shown = what === 'cpu' ? units.join(' and ') : units.join(', ');
  const kind = isHuge ? 'hugepages' : what === 'ephemeral-storage' ? 'local ephemeral storage' : what;
  const detail = `only divisor's values ${shown} are supported with the ${kind} resource`;
  return [fieldError.invalid(`${field}.divisor`, resource, detail)];
}

/** In a volume, several containers could be meant. */
export function validateResourceRef(reference: ResourceRef, inVolume: boolean, field: string): FieldError[] {
  return [...validateResource(reference, inVolume, field), ...validateDivisor(reference, field)];
}

function validateResource({ containerName, resource }: ResourceRef, inVolume: boolean, field: string): FieldError[] {
  if (inVolume && !containerName) return [fieldError.required(`${field}.containerName`)];
  if (!resource) return [fieldError.required(`${field}.resource`)];
  if (RESOURCE_FIELDS.includes(resource) || /^(limits|requests)\.hugepages-/.test(resource)) return [];
  return [fieldError.notSupported(`${field}.resource`, plain(resource), RESOURCE_FIELDS)];
}
