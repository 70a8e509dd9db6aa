/** Cells of PersistentVolumes and their claims. */
import type { KubeObject } from '../../machinery/object.ts';

const MODES: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

/** `GetAccessModesAsString`: `RWO,ROX`, in upstream's order. */
export function accessModesText(modes: readonly string[] | undefined): string {
  return Object.entries(MODES)
    .filter(([mode]) => modes?.includes(mode))
    .map(([, text]) => text)
    .join(',');
}

/** The class by the old annotation, else by the field. */
export function storageClassOf(object: KubeObject, field: string | undefined): string {
  return object.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? field ?? '';
}
