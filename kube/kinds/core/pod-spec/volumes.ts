/** Volumes of a pod (`ValidateVolumes`). */
import { type FieldError, fieldError } from '../../../machinery/field-error.ts';
import { isDNS1123Label, isDNS1123Subdomain } from '../../../machinery/names.ts';
import type { ObjectMeta } from '../../../machinery/object.ts';
import { parseQuantity } from '../../../machinery/quantity.ts';
import type { Volume } from '../../../types.ts';
import { validateTemplateMetadata } from '../../metadata.ts';
import { invalidEach, validateEnum } from '../../validation/fields.ts';
import { validateClaimSpec } from '../claim-validation.ts';
import { PULL_POLICIES } from './images.ts';
import { validateItems } from './key-to-path.ts';
import {
  NETWORK_SOURCES,
  requiredIn,
  type SourceContext,
  type SourceRules,
  type VolumeSource,
} from './network-volumes.ts';
import { validateFileMode, validateNoBacksteps } from './paths.ts';
import { validateDownwardFile, validateProjection } from './projected-volumes.ts';
import type { Volumes } from './volume-mounts.ts';

const HOST_PATH_TYPES = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
];

/** `ValidateCSIDriverName` */
export function validateDriverName(name: string | undefined, field: string): FieldError[] {
  if (!name) return [fieldError.required(field)];
  return [
    ...(name.length > 63 ? [fieldError.tooLong(field, 63)] : []),
    ...invalidEach(field, name, isDNS1123Subdomain(name.toLowerCase())),
  ];
}

/** By type of volume. */
const SOURCES: SourceRules = {
  ...NETWORK_SOURCES,
  emptyDir({ sizeLimit }, field) {
    const limit = sizeLimit === undefined ? undefined : parseQuantity(sizeLimit);
    if (!limit || limit.nano >= 0n) return [];
    return [fieldError.forbidden(`${field}.sizeLimit`, 'SizeLimit field must be a valid resource quantity')];
  },
  hostPath({ path, type }, field) {
    if (!path) return [fieldError.required(`${field}.path`)];
    return [...validateNoBacksteps(path, `${field}.path`), ...validateEnum(type, HOST_PATH_TYPES, `${field}.type`)];
  },
  secret: (source, field) => [
    ...requiredIn(source, field, 'secretName'),
    ...validateFileMode(source.defaultMode, `${field}.defaultMode`),
    ...validateItems(source.items, field),
  ],
  configMap: (source, field) => [
    ...requiredIn(source, field, 'name'),
    ...validateFileMode(source.defaultMode, `${field}.defaultMode`),
    ...validateItems(source.items, field),
  ],
  persistentVolumeClaim: (source, field) => requiredIn(source, field, 'claimName'),
  downwardAPI: ({ defaultMode, items }, field) => [
    ...validateFileMode(defaultMode, `${field}.defaultMode`),
    ...(items ?? []).flatMap((item) => validateDownwardFile(item, field)),
  ],
  projected: (source, field) => [
    ...validateFileMode(source.defaultMode, `${field}.defaultMode`),
    ...validateProjection(source, field),
  ],
  nfs(source, field) {
    const { path = '' } = source;
    const absolute = path.startsWith('/');
    return [
      ...requiredIn(source, field, 'server', 'path'),
      ...(absolute ? [] : [fieldError.invalid(`${field}.path`, path, 'must be an absolute path')]),
    ];
  },
  csi: ({ driver, nodePublishSecretRef: secret }, field) => [
    ...validateDriverName(driver, `${field}.driver`),
    ...(secret && !secret.name ? [fieldError.required(`${field}.nodePublishSecretRef.name`)] : []),
    ...(secret?.name ? invalidEach(`${field}.name`, secret.name, isDNS1123Subdomain(secret.name)) : []),
  ],
  image: (source, field, { isTemplate }) => [
    ...(isTemplate ? [] : requiredIn(source, field, 'reference')),
    ...(source.pullPolicy ? validateEnum(source.pullPolicy, PULL_POLICIES, `${field}.pullPolicy`) : []),
  ],
  ephemeral({ volumeClaimTemplate: template }, field, { name, podName }) {
    const at = `${field}.volumeClaimTemplate`;
    const claim = podName && name ? `${podName}-${name}` : undefined;
    const refused = claim === undefined ? [] : isDNS1123Subdomain(claim);
    const ofTemplate = template
      ? [
          ...validateTemplateMetadata(template.metadata, `${at}.metadata`),
          ...validateClaimSpec(template.spec, `${at}.spec`),
        ]
      : [fieldError.required(at)];
    const messages = refused.map((message) => `PVC name ${JSON.stringify(claim)}: ${message}`);
    return [...ofTemplate, ...invalidEach(field.replace(/\.ephemeral$/, '.name'), name, messages)];
  },
};

/** The sources of a pod's volume in the order in which upstream looks at them: the first is the volume's. */
const POD_SOURCES = [
  'emptyDir',
  'hostPath',
  'gitRepo',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'secret',
  'nfs',
  'iscsi',
  'glusterfs',
  'flocker',
  'persistentVolumeClaim',
  'rbd',
  'cinder',
  'cephfs',
  'quobyte',
  'downwardAPI',
  'fc',
  'flexVolume',
  'configMap',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'storageos',
  'projected',
  'scaleIO',
  'csi',
  'ephemeral',
  'image',
] as const;

/** Upstream's errors call some sources by other names than the fields'. */
const NAMED_IN_ERRORS: Partial<Record<keyof VolumeSource, string>> = { gcePersistentDisk: 'persistentDisk' };
const NAMED_WHEN_FORBIDDEN: Partial<Record<keyof VolumeSource, string>> = {
  cephfs: 'cephFS',
  downwardAPI: 'downwarAPI',
};

/** The rules of the first source that is there; others are forbidden beside it. */
export function validateSources<T extends keyof VolumeSource>(
  volume: Partial<Pick<VolumeSource, T>>,
  names: readonly T[],
  field: string,
  context: SourceContext,
): FieldError[] {
  const [first, ...others] = names.filter((name) => volume[name] != null);
  if (!first) return [fieldError.required(field, 'must specify a volume type')];
  const validate = SOURCES[first] as
    | ((source: unknown, field: string, context: SourceContext) => FieldError[])
    | undefined;
  return [
    ...(validate?.(volume[first], `${field}.${NAMED_IN_ERRORS[first] ?? first}`, context) ?? []),
    ...others.flatMap((name) => {
      // Upstream does not count this one among the sources of a persistent volume.
      if (name === 'flexVolume' && context.isPersistent) {
        return SOURCES.flexVolume?.(volume[name] as never, `${field}.${name}`, context) ?? [];
      }
      const at = `${field}.${NAMED_WHEN_FORBIDDEN[name] ?? name}`;
      return [fieldError.forbidden(at, 'may not specify more than 1 volume type')];
    }),
  ];
}

/** The errors, and the volumes without any, which containers may mount. `pod`: as in `validatePodSpec`. */
export function validateVolumes(
  all: readonly Volume[] | undefined,
  field: string,
  pod: ObjectMeta | undefined,
): { volumes: Volumes; errors: FieldError[] } {
  const volumes = new Map<string, Volume>();
  const errors: FieldError[] = [];
  const podName = pod?.name;
  // Without the pod's name the claims that will be made for it are not known.
  const made = new Set(podName ? (all ?? []).filter(isEphemeral).map(({ name }) => `${podName}-${name}`) : []);
  const context = { podName, isPersistent: false, isTemplate: pod === undefined };
  for (const [index, volume] of (all ?? []).entries()) {
    const at = `${field}[${index}]`;
    const own = validateSources(volume, POD_SOURCES, at, { ...context, name: volume.name });
    if (!volume.name) own.push(fieldError.required(`${at}.name`));
    else own.push(...invalidEach(`${at}.name`, volume.name, isDNS1123Label(volume.name)));
    if (volumes.has(volume.name)) own.push(fieldError.duplicate(`${at}.name`, volume.name));
    if (own.length === 0) volumes.set(volume.name, volume);
    errors.push(...own);
    const claim = volume.persistentVolumeClaim?.claimName;
    if (claim === undefined || !made.has(claim)) continue;
    const why = 'must not reference a PVC that gets created for an ephemeral volume';
    errors.push(fieldError.invalid(`${at}.persistentVolumeClaim.claimName`, claim, why));
  }
  return { volumes, errors };
}

const isEphemeral = ({ ephemeral }: Volume): boolean => ephemeral !== undefined;
