/** `ValidatePersistentVolume` in `pkg/apis/core/validation/validation.go` */
import { semanticEqual } from '../../machinery/equality.ts';
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { isDNS1123Label, isDNS1123Subdomain } from '../../machinery/names.ts';
import type { ObjectMeta } from '../../machinery/object.ts';
import { parseQuantity, wholeUnits } from '../../machinery/quantity.ts';
import { schemaOf } from '../../machinery/schema/resolve.ts';
import type { PersistentVolume } from '../../types.ts';
import { invalidEach, validateEnum, validateImmutable } from '../validation/fields.ts';
import { NEW_LABELS, termWarnings } from '../validation/node-labels.ts';
import { storageClassWarnings, validateAccessModes } from './claim-validation.ts';
import { specDiff } from './pod-diff.ts';
import { validateNodeSelector } from './pod-spec/node-selector.ts';
import { removedSources } from './pod-spec/volume-warnings.ts';
import { validateDriverName, validateSources } from './pod-spec/volumes.ts';

type PV = PersistentVolume;
type Spec = NonNullable<PV['spec']>;
type CSI = NonNullable<Spec['csi']>;

/** The sources in the order in which upstream looks at them: the first is the volume's. */
const SOURCES = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'glusterfs',
  'flocker',
  'nfs',
  'rbd',
  'quobyte',
  'cephfs',
  'iscsi',
  'cinder',
  'fc',
  'flexVolume',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'scaleIO',
  'local',
  'storageos',
  'csi',
] as const;

/** Go prints the keys of maps in their order. */
function sorted(capacity: object): object {
  return Object.fromEntries(Object.entries(capacity).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function validateCapacity({ capacity }: Spec, at: string): FieldError[] {
  const names = Object.keys(capacity ?? {});
  const errors: FieldError[] = [];
  if (names.length === 0) errors.push(fieldError.required(at));
  if (names.length > 1 || capacity?.storage === undefined) {
    errors.push(fieldError.notSupported(at, capacity ? sorted(capacity) : null, ['storage']));
  }
  for (const [name, text] of Object.entries(capacity ?? {})) {
    const quantity = parseQuantity(text);
    const field = `${at}[${name}]`;
    if (!quantity || quantity.nano > 0n) continue;
    if (quantity.nano < 0n) {
      errors.push(fieldError.invalid(field, wholeUnits(quantity), 'must be a valid resource quantity'));
    }
    errors.push(fieldError.invalid(field, text, 'must be greater than zero'));
  }
  return errors;
}

function validateSecret(secret: { name?: string; namespace?: string } | undefined, field: string): FieldError[] {
  if (!secret) return [];
  const { name, namespace } = secret;
  return [
    ...(name ? invalidEach(`${field}.name`, name, isDNS1123Subdomain(name)) : [fieldError.required(`${field}.name`)]),
    ...(namespace
      ? invalidEach(`${field}.namespace`, namespace, isDNS1123Label(namespace))
      : [fieldError.required(`${field}.namespace`)]),
  ];
}

const CSI_SECRETS = [
  'controllerPublishSecretRef',
  'controllerExpandSecretRef',
  'nodePublishSecretRef',
  'nodeExpandSecretRef',
] as const;

function validateCSI(csi: CSI, field: string): FieldError[] {
  return [
    ...validateDriverName(csi.driver, `${field}.driver`),
    ...(csi.volumeHandle ? [] : [fieldError.required(`${field}.volumeHandle`)]),
    ...CSI_SECRETS.flatMap((name) => validateSecret(csi[name], `${field}.${name}`)),
  ];
}

/** Sources of volumes that pods have too are judged alike, but for drivers' own. */
function validateSource(spec: Spec, name: string, field: string): FieldError[] {
  const [first] = SOURCES.filter((source) => spec[source] !== undefined);
  if (first === 'csi' && spec.csi) return validateCSI(spec.csi, `${field}.csi`);
  const errors = validateSources(spec, SOURCES, field, { name, isPersistent: true });
  if (first !== 'local' || spec.nodeAffinity?.required) return errors;
  const missing = fieldError.required(`${field}.nodeAffinity`, 'Local volume requires node affinity');
  const own = errors.findIndex(({ type }) => type === 'FieldValueForbidden');
  return errors.toSpliced(own < 0 ? errors.length : own, 0, missing);
}

function validateNodeAffinity({ nodeAffinity }: Spec, at: string): FieldError[] {
  const field = `${at}.required`;
  if (!nodeAffinity) return [];
  if (!nodeAffinity.required) return [fieldError.required(field, 'must specify required node constraints')];
  return validateNodeSelector(nodeAffinity.required, field);
}

function validateAttributesClass({ volumeAttributesClassName: name, csi }: Spec, at: string): FieldError[] {
  if (name === undefined) return [];
  const field = `${at}.volumeAttributesClassName`;
  return [
    ...(name === ''
      ? [fieldError.required(field, 'an empty string is disallowed')]
      : invalidEach(field, name, isDNS1123Subdomain(name))),
    ...(csi ? [] : [fieldError.required(`${at}.csi`, 'has to be specified when using volumeAttributesClassName')]),
  ];
}

/** Go's `path.Clean` makes `/` of the path. */
function isRoot(path: string): boolean {
  let depth = 0;
  for (const step of path.split('/')) {
    if (step === '..') depth = Math.max(0, depth - 1);
    else if (step !== '' && step !== '.') depth++;
  }
  return path.startsWith('/') && depth === 0;
}

export function validateVolume({ metadata, spec = {} }: PV): FieldError[] {
  const { persistentVolumeReclaimPolicy: policy, storageClassName, volumeMode, hostPath } = spec;
  const at = 'spec.persistentVolumeReclaimPolicy';
  const errors = [
    ...validateAccessModes(spec.accessModes, 'spec.accessModes', ''),
    ...validateCapacity(spec, 'spec.capacity'),
    ...(policy ? validateEnum(policy, ['Delete', 'Recycle', 'Retain'], at) : []),
    ...validateNodeAffinity(spec, 'spec.nodeAffinity'),
    ...validateSource(spec, metadata.name ?? '', 'spec'),
  ];
  if (policy === 'Recycle' && isRoot(hostPath?.path ?? '')) {
    errors.push(fieldError.forbidden(at, "may not be 'recycle' for a hostPath mount of '/'"));
  }
  if (storageClassName) {
    errors.push(...invalidEach('spec.storageClassName', storageClassName, isDNS1123Subdomain(storageClassName)));
  }
  if (volumeMode !== undefined) errors.push(...validateEnum(volumeMode, ['Block', 'Filesystem'], 'spec.volumeMode'));
  return [...errors, ...validateAttributesClass(spec, 'spec'), ...validateMountOptions(metadata, spec)];
}

/** `checkMountOption` in `pkg/volume/validation/pv_validation.go` */
function validateMountOptions({ annotations }: ObjectMeta, spec: Spec): FieldError[] {
  if (annotations?.[MOUNT_OPTIONS] === undefined || MOUNTED_WITH_OPTIONS.some((source) => spec[source])) return [];
  const why = 'may not specify mount options for this volume type';
  return [fieldError.forbidden(`metadata.annotations.${MOUNT_OPTIONS}`, why)];
}

const MOUNTED_WITH_OPTIONS: readonly (keyof Spec)[] = [
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'glusterfs',
  'nfs',
  'rbd',
  'quobyte',
  'iscsi',
  'cinder',
  'cephfs',
  'azureFile',
  'vsphereVolume',
  'azureDisk',
  'photonPersistentDisk',
];

const INLINE = 'in the context of inline volumes';

/**
 * The volume that an attachment holds itself (`ValidatePersistentVolumeSpec` with
 * `validateInlinePersistentVolumeSpec`).
 */
export function validateInlineVolume(spec: Spec, field: string): FieldError[] {
  const { persistentVolumeReclaimPolicy: policy, volumeMode } = spec;
  const forbidden = (name: keyof Spec, isThere: unknown, why = 'may not be specified'): FieldError[] =>
    isThere ? [fieldError.forbidden(`${field}.${name}`, `${why} ${INLINE}`)] : [];
  const otherMode = volumeMode !== undefined && volumeMode !== 'Filesystem';
  return [
    ...forbidden('claimRef', spec.claimRef),
    ...forbidden('capacity', Object.keys(spec.capacity ?? {}).length > 0),
    ...(spec.csi ? [] : [fieldError.required(`${field}.csi`, `has to be specified ${INLINE}`)]),
    ...validateAccessModes(spec.accessModes, `${field}.accessModes`, ''),
    ...forbidden('persistentVolumeReclaimPolicy', policy && policy !== 'Retain', 'may only be Retain'),
    ...forbidden('nodeAffinity', spec.nodeAffinity),
    ...validateSource(spec, '', field),
    ...forbidden('storageClassName', spec.storageClassName),
    ...forbidden('volumeMode', otherMode, 'may not specify volumeMode other than Filesystem'),
  ];
}

type Affinity = NonNullable<Spec['nodeAffinity']>;

/** `old`, with the label of today for an older one of the same meaning, where `next` has that in its place. */
function withNewLabels(old: Affinity, next: Affinity | undefined): Affinity {
  const terms = structuredClone(old.required?.nodeSelectorTerms ?? []);
  for (const [i, term] of terms.entries()) {
    for (const list of ['matchExpressions', 'matchFields'] as const) {
      for (const [j, requirement] of (term[list] ?? []).entries()) {
        const key = next?.required?.nodeSelectorTerms?.[i]?.[list]?.[j]?.key;
        if (key !== undefined && NEW_LABELS.get(requirement.key) === key) requirement.key = key;
      }
    }
  }
  return old.required ? { ...old, required: { ...old.required, nodeSelectorTerms: terms } } : old;
}

/** The source stays, but for a secret that a driver's volume did not have before. */
export function validateVolumeUpdate({ spec: next = {} }: PV, { spec: old = {} }: PV): FieldError[] {
  const sources = (spec: Spec): Spec => Object.fromEntries(SOURCES.map((name) => [name, spec[name]]));
  const [before, after] = [sources(old), sources(next)];
  if (after.csi && before.csi && !before.csi.controllerExpandSecretRef) {
    after.csi = { ...after.csi, controllerExpandSecretRef: undefined };
  }
  const errors: FieldError[] = [];
  if (!semanticEqual(schemaOf('io.k8s.api.core.v1.PersistentVolumeSpec'), after, before)) {
    const detail = `spec.persistentvolumesource is immutable after creation\n${specDiff(before, after)}`;
    errors.push(fieldError.forbidden('spec.persistentvolumesource', detail));
  }
  errors.push(...validateImmutable(next.volumeMode, old.volumeMode, 'volumeMode'));
  if (old.nodeAffinity !== undefined) {
    const affinity = schemaOf('io.k8s.api.core.v1.VolumeNodeAffinity');
    if (!semanticEqual(affinity, next.nodeAffinity, withNewLabels(old.nodeAffinity, next.nodeAffinity))) {
      const detail = 'field is immutable, except for updating from beta label to GA';
      errors.push(fieldError.invalid('nodeAffinity', next.nodeAffinity ?? null, detail));
    }
  }
  if (old.volumeAttributesClassName !== undefined && next.volumeAttributesClassName === undefined) {
    errors.push(
      fieldError.forbidden('spec.volumeAttributesClassName', 'update from non-nil value to nil is forbidden'),
    );
  }
  return errors;
}

const REMOVED = ['cephfs', 'photonPersistentDisk', 'scaleIO', 'storageos', 'glusterfs', 'rbd'];
const MOUNT_OPTIONS = 'volume.beta.kubernetes.io/mount-options';
const RECYCLE =
  'The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.';

/** `pkg/api/persistentvolume/util.go` */
export function volumeWarnings({ metadata, spec = {} }: PV): string[] {
  const mountOptions = metadata.annotations?.[MOUNT_OPTIONS] !== undefined;
  const terms = spec.nodeAffinity?.required?.nodeSelectorTerms ?? [];
  return [
    ...storageClassWarnings(metadata),
    ...(mountOptions
      ? [`metadata.annotations[${MOUNT_OPTIONS}]: deprecated since v1.31; use "mountOptions" attribute instead`]
      : []),
    ...(spec.persistentVolumeReclaimPolicy === 'Recycle' ? [`spec.persistentVolumeReclaimPolicy: ${RECYCLE}`] : []),
    ...terms.flatMap((term, index) =>
      termWarnings(term, false, `spec.nodeAffinity.required.nodeSelectorTerms[${index}]`),
    ),
    ...removedSources(spec, REMOVED, 'spec'),
  ];
}
