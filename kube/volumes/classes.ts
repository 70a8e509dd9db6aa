/** Classes of volumes and claims (`component-helpers/storage/volume/helpers.go`, `pkg/volume/util/storageclass.go`). */
import type { ObjectMeta } from '../machinery/object.ts';
import { timeOf } from '../machinery/time.ts';
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../types.ts';

const OLD_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';
/** The annotations that make a class the default. */
export const DEFAULT_CLASS_MARKS: readonly string[] = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
];

/** '' for none. */
export function claimClass({ metadata, spec }: PersistentVolumeClaim): string {
  return metadata.annotations?.[OLD_ANNOTATION] ?? spec?.storageClassName ?? '';
}

/** An empty name is a choice, too: that of no class. */
export function hasClass({ metadata, spec }: PersistentVolumeClaim): boolean {
  if (metadata.annotations?.[OLD_ANNOTATION] !== undefined) return true;
  return spec?.storageClassName !== undefined && spec.storageClassName !== null;
}

export function volumeClass({ metadata, spec }: PersistentVolume): string {
  return metadata.annotations?.[OLD_ANNOTATION] ?? spec?.storageClassName ?? '';
}

export function isDefaultClass({ annotations }: ObjectMeta): boolean {
  return DEFAULT_CLASS_MARKS.some((mark) => annotations?.[mark] === 'true');
}

/** Of several the newest, and of several newest the first by name. */
export function defaultClassOf(classes: readonly StorageClass[]): string | undefined {
  const [first] = classes
    .filter(({ metadata }) => isDefaultClass(metadata))
    .map(({ metadata: { name = '', creationTimestamp } }) => ({ name, created: timeOf(creationTimestamp) }))
    .sort((a, b) => b.created - a.created || (a.name < b.name ? -1 : 1));
  return first?.name;
}

export function isDelayed(storageClass: StorageClass | undefined): boolean {
  return storageClass?.volumeBindingMode === 'WaitForFirstConsumer';
}
