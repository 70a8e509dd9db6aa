/** `ValidatePersistentVolumeClaim` in `pkg/apis/core/validation/validation.go` */
import { semanticEqual } from '../../machinery/equality.ts';
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { isDNS1123Label, isDNS1123Subdomain } from '../../machinery/names.ts';
import type { ObjectMeta } from '../../machinery/object.ts';
import { parseQuantity } from '../../machinery/quantity.ts';
import { schemaOf } from '../../machinery/schema/resolve.ts';
import type { PersistentVolumeClaim } from '../../types.ts';
import { invalidEach, validateEnum, validateImmutable } from '../validation/fields.ts';
import { validateLabelSelector } from '../validation/labels.ts';
import { fraction } from '../validation/quantities.ts';
import { specDiff } from './pod-diff.ts';

type Spec = NonNullable<PersistentVolumeClaim['spec']>;

const ACCESS_MODES: readonly string[] = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];

export function validateAccessModes(
  modes: readonly string[] | undefined,
  field: string,
  detail = 'at least 1 access mode is required',
): FieldError[] {
  if (!modes?.length) return [fieldError.required(field, detail)];
  const errors = modes.flatMap((mode) => validateEnum(mode, ACCESS_MODES, field));
  const shared = modes.some((mode) => mode !== 'ReadWriteOncePod' && ACCESS_MODES.includes(mode));
  if (modes.includes('ReadWriteOncePod') && shared) {
    errors.push(fieldError.forbidden(field, 'may not use ReadWriteOncePod with other access modes'));
  }
  return errors;
}

export function validateClaim({ spec }: PersistentVolumeClaim): FieldError[] {
  return validateClaimSpec(spec, 'spec');
}

function validateDataSource(source: Spec['dataSourceRef'], field: string): FieldError[] {
  if (!source) return [];
  const { name, kind = '', apiGroup, namespace } = source;
  const claim = 'PersistentVolumeClaim';
  const detail = `must be '${claim}' when referencing the default apiGroup`;
  return [
    ...(name ? [] : [fieldError.required(`${field}.name`)]),
    ...(kind ? [] : [fieldError.required(`${field}.kind`)]),
    ...(apiGroup || kind === claim ? [] : [fieldError.invalid(field, kind, detail)]),
    ...(apiGroup ? invalidEach(`${field}.apiGroup`, apiGroup, isDNS1123Subdomain(apiGroup)) : []),
    ...(namespace ? invalidEach(`${field}.namespace`, namespace, isDNS1123Label(namespace)) : []),
  ];
}

/** The value is upstream's: a path of the validator, which prints as an empty object. */
function validateSourcesAlike({ dataSource: own, dataSourceRef: ref }: Spec, field: string): FieldError[] {
  if (!own || !ref) return [];
  const isAlike = own.apiGroup === ref.apiGroup && own.kind === ref.kind && own.name === ref.name;
  if (ref.namespace)
    return [fieldError.invalid(field, {}, 'may not be specified when dataSourceRef.namespace is specified')];
  return isAlike ? [] : [fieldError.invalid(field, {}, 'must match dataSourceRef')];
}

/** The rules of claims, and of templates of them. */
export function validateClaimSpec(spec: Spec = {}, field = 'spec'): FieldError[] {
  const errors = validateAccessModes(spec.accessModes, `${field}.accessModes`);
  errors.push(...validateLabelSelector(spec.selector, `${field}.selector`));
  const storage = spec.resources?.requests?.storage;
  if (storage === undefined) errors.push(fieldError.required(`${field}.resources[storage]`));
  else if ((parseQuantity(storage)?.nano ?? 0n) <= 0n) {
    errors.push(fieldError.invalid(`${field}.resources[storage]`, storage, 'must be greater than zero'));
  }
  const name = spec.storageClassName;
  if (name) errors.push(...invalidEach(`${field}.storageClassName`, name, isDNS1123Subdomain(name)));
  if (spec.volumeMode !== undefined) {
    errors.push(...validateEnum(spec.volumeMode, ['Block', 'Filesystem'], `${field}.volumeMode`));
  }
  for (const which of ['dataSource', 'dataSourceRef'] as const) {
    errors.push(...validateDataSource(spec[which], `${field}.${which}`));
  }
  errors.push(...validateSourcesAlike(spec, field));
  const attributes = spec.volumeAttributesClassName;
  if (attributes) {
    errors.push(...invalidEach(`${field}.volumeAttributesClassName`, attributes, isDNS1123Subdomain(attributes)));
  }
  return errors;
}

/** A bound claim may ask for more room, and another attributes class. */
function withOldValues(next: Spec, old: Spec, bound: boolean): Spec {
  const resources = { ...next.resources, requests: { ...next.resources?.requests } };
  if (bound && old.resources?.requests?.storage) resources.requests.storage = old.resources.requests.storage;
  return {
    ...next,
    resources,
    volumeName: old.volumeName || next.volumeName,
    ...(bound ? { volumeAttributesClassName: old.volumeAttributesClassName } : {}),
  };
}

export function validateClaimUpdate(next: PersistentVolumeClaim, old: PersistentVolumeClaim): FieldError[] {
  // A volume, and a class where none was named, may be given to a claim later.
  const before = {
    ...old.spec,
    volumeName: old.spec?.volumeName || next.spec?.volumeName,
    storageClassName: old.spec?.storageClassName ?? next.spec?.storageClassName,
  };
  const after = withOldValues(next.spec ?? {}, before, next.status?.phase === 'Bound');
  const errors: FieldError[] = [];
  if (!semanticEqual(schemaOf('io.k8s.api.core.v1.PersistentVolumeClaimSpec'), after, before)) {
    const detail =
      'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';
    errors.push(fieldError.forbidden('spec', `${detail}\n${specDiff(before, after)}`));
  }
  const wanted = storageOf(next.spec?.resources?.requests);
  // A request may shrink while a volume is still being made larger, but not below what it has.
  if (wanted < storageOf(old.spec?.resources?.requests) && wanted <= storageOf(old.status?.capacity)) {
    errors.push(fieldError.forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity'));
  }
  errors.push(...validateImmutable(next.spec?.volumeMode, old.spec?.volumeMode, 'volumeMode'));
  const attributes = next.spec?.volumeAttributesClassName;
  if (
    !attributes &&
    attributes !== old.spec?.volumeAttributesClassName &&
    old.status?.currentVolumeAttributesClassName
  ) {
    const what = attributes === undefined ? 'nil' : 'empty string';
    const why = `update to ${what} is forbidden when status.currentVolumeAttributesClassName is not nil`;
    errors.push(fieldError.forbidden('spec.volumeAttributesClassName', why));
  }
  return errors;
}

function storageOf(amounts: Readonly<Record<string, string>> | undefined): bigint {
  return parseQuantity(amounts?.storage ?? '0')?.nano ?? 0n;
}

export function claimSpecWarnings(spec: Spec | undefined, field: string): string[] {
  return (['requests', 'limits'] as const).flatMap((which) =>
    fraction(spec?.resources?.[which], 'storage', `${field}.resources.${which}`),
  );
}

const STORAGE_CLASS = 'volume.beta.kubernetes.io/storage-class';

/** Warnings about the annotation of claims and of volumes that names their class. */
export function storageClassWarnings({ annotations }: ObjectMeta): string[] {
  if (annotations?.[STORAGE_CLASS] === undefined) return [];
  return [`metadata.annotations[${STORAGE_CLASS}]: deprecated since v1.8; use "storageClassName" attribute instead`];
}
