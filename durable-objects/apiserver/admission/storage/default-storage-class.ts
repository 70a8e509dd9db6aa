/** A claim that names no class gets the default one (upstream `plugin/pkg/admission/storage/storageclass/setdefault`). */
import type { PersistentVolumeClaim } from '../../../../kube/types.ts';
import { DEFAULT_CLASS_MARKS } from '../../../../kube/volumes/classes.ts';
import { changed } from '../changed.ts';
import { defaultClass } from '../default-class.ts';
import type { Plugin } from '../plugin.ts';

const OLD_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';

export const defaultStorageClass: Plugin = {
  name: 'DefaultStorageClass',
  resources: ['persistentvolumeclaims'],
  mutate(attributes) {
    const { call, operation, subresource, object, reader } = attributes;
    if (call.kind.resource !== 'persistentvolumeclaims' || subresource !== '' || operation !== 'CREATE') return;
    const { metadata, spec } = object as unknown as PersistentVolumeClaim;
    if (!spec || metadata.annotations?.[OLD_ANNOTATION] !== undefined) return;
    // An empty name is a choice: no class.
    if (spec.storageClassName !== undefined && spec.storageClassName !== null) return;
    const name = defaultClass(reader, 'storageclasses.storage.k8s.io', DEFAULT_CLASS_MARKS);
    if (name === undefined) return;
    spec.storageClassName = name;
    changed(attributes, 'DefaultStorageClass', 'spec.storageClassName');
  },
};
