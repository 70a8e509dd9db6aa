/** References to fields of the pod itself (`validateObjectFieldSelector`, `validateContainerResourceFieldSelector`). */
import { type FieldError, fieldError, plain } from '../../../machinery/field-error.ts';
import { isQualifiedName } from '../../../machinery/names.ts';
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
}

/** In a volume, several containers could be meant. */
export function validateResourceRef(
  { containerName, resource }: ResourceRef,
  inVolume: boolean,
  field: string,
): FieldError[] {
  if (inVolume && !containerName) return [fieldError.required(`${field}.containerName`)];
  if (!resource) return [fieldError.required(`${field}.resource`)];
  if (RESOURCE_FIELDS.includes(resource) || /^(limits|requests)\.hugepages-/.test(resource)) return [];
  return [fieldError.notSupported(`${field}.resource`, plain(resource), RESOURCE_FIELDS)];
}
