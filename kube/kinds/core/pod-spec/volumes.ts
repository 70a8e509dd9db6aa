/** Volumes of a pod (`ValidateVolumes`); the sources of single clouds are only counted. */
import { type FieldError, fieldError } from '../../../machinery/field-error.ts';
import { isDNS1123Label, isDNS1123Subdomain } from '../../../machinery/names.ts';
import { parseQuantity } from '../../../machinery/quantity.ts';
import type { Volume } from '../../../types.ts';
import { validateTemplateMetadata } from '../../metadata.ts';
import { invalidEach, validateEnum } from '../../validation/fields.ts';
import { validateClaimSpec } from '../claim-validation.ts';
import { PULL_POLICIES } from './images.ts';
import { validateItems } from './key-to-path.ts';
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

function required(value: string | undefined, field: string): FieldError[] {
  return value ? [] : [fieldError.required(field)];
}

/** `ValidateCSIDriverName` */
export function validateDriverName(name: string | undefined, field: string): FieldError[] {
  if (!name) return [fieldError.required(field)];
  return [
    ...(name.length > 63 ? [fieldError.tooLong(field, 63)] : []),
    ...invalidEach(field, name, isDNS1123Subdomain(name.toLowerCase())),
  ];
}

type Rules = { [P in keyof Volume]?: (source: NonNullable<Volume[P]>, field: string) => FieldError[] };

/** By type of volume. */
const SOURCES: Rules = {
  emptyDir({ sizeLimit }, field) {
    const limit = sizeLimit === undefined ? undefined : parseQuantity(sizeLimit);
    if (!limit || limit.nano >= 0n) return [];
    return [fieldError.forbidden(`${field}.sizeLimit`, 'SizeLimit field must be a valid resource quantity')];
  },
  hostPath({ path, type }, field) {
    if (!path) return [fieldError.required(`${field}.path`)];
    return [...validateNoBacksteps(path, `${field}.path`), ...validateEnum(type, HOST_PATH_TYPES, `${field}.type`)];
  },
  secret: ({ secretName, defaultMode, items }, field) => [
    ...required(secretName, `${field}.secretName`),
    ...validateFileMode(defaultMode, `${field}.defaultMode`),
    ...validateItems(items, field),
  ],
  configMap: ({ name, defaultMode, items }, field) => [
    ...required(name, `${field}.name`),
    ...validateFileMode(defaultMode, `${field}.defaultMode`),
    ...validateItems(items, field),
  ],
  persistentVolumeClaim: ({ claimName }, field) => required(claimName, `${field}.claimName`),
  downwardAPI: ({ defaultMode, items }, field) => [
    ...validateFileMode(defaultMode, `${field}.defaultMode`),
    ...(items ?? []).flatMap((item) => validateDownwardFile(item, field)),
  ],
  projected: (source, field) => [
    ...validateFileMode(source.defaultMode, `${field}.defaultMode`),
    ...validateProjection(source, field),
  ],
  nfs({ server, path = '' }, field) {
    const absolute = path.startsWith('/');
    return [
      ...required(server, `${field}.server`),
      ...required(path, `${field}.path`),
      ...(absolute ? [] : [fieldError.invalid(`${field}.path`, path, 'must be an absolute path')]),
    ];
  },
  csi: ({ driver, nodePublishSecretRef: secret }, field) => [
    ...validateDriverName(driver, `${field}.driver`),
    ...(secret && !secret.name ? [fieldError.required(`${field}.nodePublishSecretRef.name`)] : []),
    ...(secret?.name ? invalidEach(`${field}.name`, secret.name, isDNS1123Subdomain(secret.name)) : []),
  ],
  image: ({ reference, pullPolicy }, field) => [
    ...required(reference, `${field}.reference`),
    ...(pullPolicy ? validateEnum(pullPolicy, PULL_POLICIES, `${field}.pullPolicy`) : []),
  ],
  ephemeral({ volumeClaimTemplate: template }, field) {
    const at = `${field}.volumeClaimTemplate`;
    if (!template) return [fieldError.required(at)];
    return [
      ...validateTemplateMetadata(template.metadata, `${at}.metadata`),
      ...validateClaimSpec(template.spec, `${at}.spec`),
    ];
  },
};

/** The rules of one of the sources that a volume of a pod, or a persistent volume, may have. */
export function validateSourceOf(volume: Volume, name: keyof Volume, field: string): FieldError[] {
  const validate = SOURCES[name] as ((source: unknown, field: string) => FieldError[]) | undefined;
  return validate?.(volume[name], `${field}.${name}`) ?? [];
}

function validateSource(volume: Volume, field: string): FieldError[] {
  const sources = Object.keys(volume).filter((name) => name !== 'name' && volume[name as keyof Volume] != null);
  const [first, ...others] = sources as (keyof Volume)[];
  if (!first) return [fieldError.required(field, 'must specify a volume type')];
  const errors = validateSourceOf(volume, first, field);
  for (const name of others) {
    errors.push(fieldError.forbidden(`${field}.${name}`, 'may not specify more than 1 volume type'));
  }
  return errors;
}

/** The errors, and the volumes without any, which containers may mount. */
export function validateVolumes(
  all: readonly Volume[] | undefined,
  field: string,
): { volumes: Volumes; errors: FieldError[] } {
  const volumes = new Map<string, Volume>();
  const errors: FieldError[] = [];
  for (const [index, volume] of (all ?? []).entries()) {
    const at = `${field}[${index}]`;
    const own = validateSource(volume, at);
    if (!volume.name) own.push(fieldError.required(`${at}.name`));
    else own.push(...invalidEach(`${at}.name`, volume.name, isDNS1123Label(volume.name)));
    if (volumes.has(volume.name)) own.push(fieldError.duplicate(`${at}.name`, volume.name));
    if (own.length === 0) volumes.set(volume.name, volume);
    errors.push(...own);
  }
  return { volumes, errors };
}
