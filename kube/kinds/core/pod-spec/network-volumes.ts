/**
 * Volumes on networks and in single clouds (`validateISCSIVolumeSource` and its siblings in
 * `pkg/apis/core/validation/validation.go`). Those of a persistent volume name namespaces that a pod's do not have.
 */
import { type FieldError, fieldError, plain } from '../../../machinery/field-error.ts';
import { isDNS1123Label } from '../../../machinery/names.ts';
import type { PersistentVolume, Volume } from '../../../types.ts';
import { invalidEach, validateEnum } from '../../validation/fields.ts';
import { validateLocalPath, validateNoBacksteps } from './paths.ts';

/** The sources that pods' volumes and persistent volumes have, as one type. */
export type VolumeSource = Omit<Volume, 'name'> & Omit<Spec, keyof Volume>;
type Spec = Omit<NonNullable<PersistentVolume['spec']>, 'capacity' | 'accessModes'>;

export interface SourceContext {
  /** Of the pod that has the volume, where it is known. */
  podName?: string;
  /** The volume's name. */
  name?: string;
  isPersistent: boolean;
  /** Of a template, where what is left open will be filled in later. */
  isTemplate?: boolean;
}

export type SourceRules = {
  [P in keyof VolumeSource]?: (
    source: NonNullable<VolumeSource[P]>,
    field: string,
    context: SourceContext,
  ) => FieldError[];
};

/** An error for each of these fields that is empty. */
export function requiredIn<T extends object>(source: T, field: string, ...names: (keyof T & string)[]): FieldError[] {
  return names.flatMap((name) => {
    const value = source[name] as string | unknown[] | undefined;
    return value?.length ? [] : [fieldError.required(`${field}.${name}`)];
  });
}

function validateRange(value: number | undefined, field: string, from: number): FieldError[] {
  if (value === undefined || (value >= 0 && value <= 255)) return [];
  return [fieldError.invalid(field, value, `must be between ${from} and 255, inclusive`)];
}

function validateSecret(secret: object | undefined, field: string, { isPersistent }: SourceContext): FieldError[] {
  if (!secret) return [];
  const reference = secret as { name?: string; namespace?: string };
  return requiredIn(reference, `${field}.secretRef`, 'name', ...(isPersistent ? (['namespace'] as const) : []));
}

/**
 * Upstream's `iqn\.\d{4}-\d{2}\.([[:alnum:]-.]+)(:[^,;*&$|\s]+)$`. An expression that goes back, as JavaScript's do,
 * would take the square of the name's length.
 */
function isIQN(name: string): boolean {
  const parts = (name.split(/[,;*&$|\t\n\f\r ]/).at(-1) ?? '').split(':');
  const last = parts.pop();
  return parts.some((part, index) => {
    const isFollowed = last !== '' || index < parts.length - 1;
    return isFollowed && /iqn\.\d{4}-\d{2}\../.test(part.split(/[^A-Za-z0-9.-]/).at(-1) ?? '');
  });
}

const INITIATORS: Readonly<Record<string, (name: string) => boolean>> = {
  iqn: isIQN,
  eui: (name) => /^eui.[A-Za-z0-9]{16}$/.test(name),
  naa: (name) => /^naa.[A-Za-z0-9]{32}$/.test(name),
};

function validateInitiator(name: string, field: string, isPersistent: boolean): FieldError[] {
  const isOfKind = INITIATORS[name.slice(0, 3)];
  if (isOfKind?.(name)) return [];
  const kinds = isOfKind || isPersistent ? '' : ' starting with iqn, eui, or naa';
  return [fieldError.invalid(field, name, `must be valid format${kinds}`)];
}

const LONG_PORTAL =
  'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.';

const iscsi: SourceRules['iscsi'] = (source, field, { name = '', isPersistent }) => {
  const { iqn, lun, initiatorName, targetPortal, secretRef } = source;
  const isLong = initiatorName !== undefined && `${name}:${targetPortal}`.length > 64;
  const needsSecret = (source.chapAuthDiscovery || source.chapAuthSession) && !secretRef;
  return [
    ...requiredIn(source, field, 'targetPortal'),
    ...(isLong && isPersistent ? [fieldError.invalid(`${field}.targetportal`, targetPortal, LONG_PORTAL)] : []),
    ...requiredIn(source, field, 'iqn'),
    ...(iqn ? validateInitiator(iqn, `${field}.iqn`, isPersistent) : []),
    ...validateRange(lun, `${field}.lun`, 0),
    ...(needsSecret ? [fieldError.required(`${field}.secretRef`)] : []),
    ...(secretRef && isPersistent ? requiredIn(secretRef, `${field}.secretRef`, 'name') : []),
    ...(initiatorName === undefined ? [] : validateInitiator(initiatorName, `${field}.initiatorname`, isPersistent)),
    ...(isLong && !isPersistent ? [fieldError.invalid(field.replace(/iscsi$/, 'name'), name, LONG_PORTAL)] : []),
  ];
};

const fc: SourceRules['fc'] = ({ targetWWNs = [], wwids = [], lun }, field) => {
  const [hasNames, hasIds] = [targetWWNs.length > 0, wwids.length > 0];
  const both = 'targetWWNs and wwids can not be specified simultaneously';
  return [
    ...(hasNames || hasIds
      ? []
      : [fieldError.required(`${field}.targetWWNs`, 'must specify either targetWWNs or wwids, but not both')]),
    ...(hasNames && hasIds ? [fieldError.invalid(`${field}.targetWWNs`, targetWWNs, both)] : []),
    ...(hasNames && lun === undefined
      ? [fieldError.required(`${field}.lun`, 'lun is required if targetWWNs is specified')]
      : []),
    ...(hasNames ? validateRange(lun, `${field}.lun`, 0) : []),
  ];
};

const PAIRS = 'must be a host:port pair or multiple pairs separated by commas';
/** The form that Go's `net.SplitHostPort` takes. */
const HOST_AND_PORT = /^(?:\[[^[\]]*\]|[^:[\]]*):[^:[\]]*$/;

const quobyte: SourceRules['quobyte'] = (source, field) => {
  const { registry, tenant = '' } = source;
  const long = 'must be a UUID and may not exceed a length of 64 characters';
  const errors: FieldError[] = [];
  if (!registry) errors.push(fieldError.required(`${field}.registry`, PAIRS));
  else if (tenant.length >= 65) errors.push(fieldError.required(`${field}.tenant`, long));
  else {
    const bad = registry.split(',').filter((pair) => !HOST_AND_PORT.test(pair));
    errors.push(...bad.map(() => fieldError.invalid(`${field}.registry`, registry, PAIRS)));
  }
  return [...errors, ...requiredIn(source, field, 'volume')];
};

const glusterfs: SourceRules['glusterfs'] = (source, field, { isPersistent }) => {
  const { endpointsNamespace: namespace } = source as { endpointsNamespace?: string };
  const at = `${field}.endpointsNamespace`;
  const isEmpty = 'if the endpointnamespace is set, it must be a valid namespace name';
  return [
    ...requiredIn(source, field, 'endpoints', 'path'),
    ...(namespace === undefined || !isPersistent
      ? []
      : invalidEach(at, namespace, namespace === '' ? [isEmpty] : isDNS1123Label(namespace))),
  ];
};

const flocker: SourceRules['flocker'] = ({ datasetName, datasetUUID }, field) => [
  ...(datasetName || datasetUUID ? [] : [fieldError.required(field, 'one of datasetName and datasetUUID is required')]),
  ...(datasetName && datasetUUID
    ? [fieldError.invalid(field, 'resource', 'datasetName and datasetUUID can not be specified simultaneously')]
    : []),
  ...(datasetName?.includes('/')
    ? [fieldError.invalid(`${field}.datasetName`, datasetName, "must not contain '/'")]
    : []),
];

const flexVolume: SourceRules['flexVolume'] = (source, field) => [
  ...requiredIn(source, field, 'driver'),
  ...Object.keys(source.options ?? {}).flatMap((name) => {
    const namespace = `.${name.replace(/\/.*$/s, '').toLowerCase()}`;
    if (!namespace.endsWith('.kubernetes.io') && !namespace.endsWith('.k8s.io')) return [];
    const why = 'kubernetes.io and k8s.io namespaces are reserved';
    return [fieldError.invalid(`${field}.options[${name}]`, name, why)];
  }),
];

const MANAGED = '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}';
const BLOB = 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd';

const azureDisk: SourceRules['azureDisk'] = (source, field) => {
  const { cachingMode, kind, diskURI = '' } = source;
  const isManaged = kind === 'Managed';
  const fits = kind === undefined || diskURI.startsWith(isManaged ? '/subscriptions/' : 'https://');
  return [
    ...requiredIn(source, field, 'diskName', 'diskURI'),
    ...(cachingMode === undefined
      ? []
      : validateEnum(cachingMode, ['None', 'ReadOnly', 'ReadWrite'], `${field}.cachingMode`)),
    ...(kind === undefined ? [] : validateEnum(kind, ['Dedicated', 'Managed', 'Shared'], `${field}.kind`)),
    ...(fits ? [] : [fieldError.notSupported(`${field}.diskURI`, plain(diskURI), [isManaged ? MANAGED : BLOB])]),
  ];
};

const azureFile: SourceRules['azureFile'] = (source, field, { isPersistent }) => {
  const { secretNamespace } = source as { secretNamespace?: string };
  return [
    ...requiredIn(source, field, 'secretName', 'shareName'),
    ...(isPersistent && secretNamespace === '' ? [fieldError.required(`${field}.secretNamespace`)] : []),
  ];
};

const storageos: SourceRules['storageos'] = ({ volumeName, volumeNamespace, secretRef }, field, context) => [
  ...(volumeName
    ? invalidEach(`${field}.volumeName`, volumeName, isDNS1123Label(volumeName))
    : [fieldError.required(`${field}.volumeName`)]),
  ...(volumeNamespace ? invalidEach(`${field}.volumeNamespace`, volumeNamespace, isDNS1123Label(volumeNamespace)) : []),
  ...validateSecret(secretRef, field, context),
];

export const NETWORK_SOURCES: SourceRules = {
  gitRepo: (source, field) => [
    ...requiredIn(source, field, 'repository'),
    ...validateLocalPath(source.directory ?? '', `${field}.directory`),
  ],
  gcePersistentDisk: (source, field) => [
    ...requiredIn(source, field, 'pdName'),
    ...validateRange(source.partition, `${field}.partition`, 1),
  ],
  awsElasticBlockStore: (source, field) => [
    ...requiredIn(source, field, 'volumeID'),
    ...validateRange(source.partition, `${field}.partition`, 1),
  ],
  iscsi,
  glusterfs,
  flocker,
  rbd: (source, field) => requiredIn(source, field, 'monitors', 'image'),
  cinder: (source, field, context) => [
    ...requiredIn(source, field, 'volumeID'),
    ...validateSecret(source.secretRef, field, context),
  ],
  cephfs: (source, field) => requiredIn(source, field, 'monitors'),
  quobyte,
  fc,
  flexVolume,
  azureFile,
  vsphereVolume: (source, field) => requiredIn(source, field, 'volumePath'),
  photonPersistentDisk: (source, field) => requiredIn(source, field, 'pdID'),
  portworxVolume: (source, field) => requiredIn(source, field, 'volumeID'),
  azureDisk,
  storageos,
  scaleIO: (source, field) => requiredIn(source, field, 'gateway', 'system', 'volumeName'),
  local: (source, field) => [
    ...requiredIn(source, field, 'path'),
    ...(source.path ? validateNoBacksteps(source.path, `${field}.path`) : []),
  ],
};
