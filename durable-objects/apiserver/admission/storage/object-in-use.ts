/**
 * Volumes, claims and attributes classes get the finalizer by which they stay while they are in use (upstream
 * `plugin/pkg/admission/storage/storageobjectinuseprotection`). The controllers of protection remove it.
 */
import { changed } from '../changed.ts';
import type { Plugin } from '../plugin.ts';

const FINALIZERS: Readonly<Record<string, string>> = {
  persistentvolumes: 'kubernetes.io/pv-protection',
  persistentvolumeclaims: 'kubernetes.io/pvc-protection',
  'volumeattributesclasses.storage.k8s.io': 'kubernetes.io/vac-protection',
};

export const storageObjectInUseProtection: Plugin = {
  name: 'StorageObjectInUseProtection',
  resources: Object.keys(FINALIZERS),
  mutate(attributes) {
    const { call, operation, subresource, object } = attributes;
    const finalizer = FINALIZERS[call.kind.resource];
    if (finalizer === undefined || subresource !== '' || operation !== 'CREATE' || !object) return;
    const present = object.metadata.finalizers ?? [];
    if (present.includes(finalizer)) return;
    object.metadata.finalizers = [...present, finalizer];
    changed(attributes, 'StorageObjectInUseProtection', 'metadata.finalizers');
  },
};
