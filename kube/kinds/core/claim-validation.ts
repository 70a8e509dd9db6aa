/** `ValidatePersistentVolumeClaim` in `pkg/apis/core/validation/validation.go` */
import { semanticEqual } from '../../machinery/equality.ts';
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { isDNS1123Label, isDNS1123Subdomain } from '../../machinery/names.ts';
import type { ObjectMeta } from '../../machinery/object.ts';
import { parseQuantity } from '../../machinery/quantity.ts';
import { gaveEmpty } from '../../machinery/schema/empties.ts';
import { schemaOf } from '../../machinery/schema/resolve.ts';
import type { PersistentVolumeClaim } from '../../types.ts';
import { invalidEach, validateEnum, validateImmutable } from '../validation/fields.ts';
import { validateLabelSelector } from '../validation/labels.ts';
import { fraction } from '../validation/quantities.ts';
import { specDiff } from './pod-diff.ts';

type PVC = PersistentVolumeClaim;
type Spec = NonNullable<PVC['spec']>;

const STORAGE_CLASS = 'volume.beta.kubernetes.io/storage-class';
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

export function validateClaim({ spec }: PVC): FieldError[] {
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
function withOldValues(next: Spec, old: Spec): Spec {
  const { requests } = next.resources ?? {};
  const { storage } = old.resources?.requests ?? {};
  const isGiven = requests !== undefined || gaveEmpty(next.resources, 'requests');
  const room = isGiven && storage !== undefined ? { requests: { ...requests, storage } } : {};
  return {
    ...next,
    resources: { ...next.resources, ...room },
    volumeAttributesClassName: old.volumeAttributesClassName,
  };
}

/**
 * The class that the annotation names may be named by the field from then on, and a class may be given to a claim that
 * has none; the annotation itself stays as it is.
 */
function withOldClass(next: PVC, old: PVC): { spec: Spec; errors: FieldError[] } {
  const spec = next.spec ?? {};
  const [before, after] = [old.metadata.annotations?.[STORAGE_CLASS], next.metadata.annotations?.[STORAGE_CLASS]];
  const name = spec.storageClassName;
  const isNew = name !== undefined && old.spec?.storageClassName === undefined;
  const mayBeGiven = isNew && (before === undefined || before === name);
  const isMoved = mayBeGiven && before !== undefined && (after === undefined || after === before);
  const errors =
    isMoved || (before ?? '') === (after ?? '')
      ? []
      : [fieldError.invalid(`metadata.annotations.${STORAGE_CLASS}`, after ?? '', 'field is immutable')];
  if (!mayBeGiven) return { spec, errors };
  const { storageClassName: _, ...rest } = spec;
  return { spec: rest, errors };
}

export function validateClaimUpdate(next: PVC, old: PVC): FieldError[] {
  // A volume may be given to a claim later, once.
  const before = { ...old.spec, volumeName: old.spec?.volumeName || next.spec?.volumeName };
  const { spec, errors } = withOldClass(next, old);
  const after = next.status?.phase === 'Bound' ? withOldValues(spec, before) : spec;
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

/** Warnings about the annotation of claims and of volumes that names their class. */
export function storageClassWarnings({ annotations }: ObjectMeta): string[] {
  if (annotations?.[STORAGE_CLASS] === undefined) return [];
  return [`metadata.annotations[${STORAGE_CLASS}]: deprecated since v1.8; use "storageClassName" attribute instead`];
}
