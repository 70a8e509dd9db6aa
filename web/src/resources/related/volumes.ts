/** A claim's volume, a volume's claim, and the class of both. */
import type { PersistentVolume, PersistentVolumeClaim } from '../../../../kube/types.ts';
import { named, type Relation } from './relation.ts';

const STORAGE_CLASSES = 'storageclasses.storage.k8s.io';

export const volumes: readonly Relation[] = [
  {
    name: 'bound',
    of: ['persistentvolumeclaims'],
    find: (object) => {
      const { spec } = object as unknown as PersistentVolumeClaim;
      return [
        ...named('persistentvolumes', '', [spec?.volumeName]),
        ...named(STORAGE_CLASSES, '', [spec?.storageClassName]),
      ];
    },
  },
  {
    name: 'bound',
    of: ['persistentvolumes'],
    find: (object) => {
      const { spec } = object as unknown as PersistentVolume;
      return [
        ...named('persistentvolumeclaims', spec?.claimRef?.namespace, [spec?.claimRef?.name]),
        ...named(STORAGE_CLASSES, '', [spec?.storageClassName]),
      ];
    },
  },
];
