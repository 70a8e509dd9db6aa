/**
 * volumeattributesclass-protection-controller (upstream `pkg/controller/volume/vacprotection`): a class stays while a
 * volume or a claim names it, as wanted, current or aimed at.
 */
import { type Key, keyOf, parseKey } from '../../kube/machinery/resource.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../kube/types.ts';
import { concernsProtection, protect } from './common/protection.ts';
import { defineController, type ObjectChange } from './runtime/controller.ts';
import { defineIndex, defineProjection, type Projection } from './runtime/view/projection.ts';

const GROUP = 'storage.k8s.io';
const CLASSES = `volumeattributesclasses.${GROUP}`;
const FINALIZER = 'kubernetes.io/vac-protection';
const FIELD = 'attributesClasses';

const given = (...names: (string | undefined | null)[]): readonly string[] | undefined => {
  const found = [...new Set(names.flatMap((name) => name || []))];
  return found.length > 0 ? found : undefined;
};

const ofClaims = defineProjection<readonly string[]>({
  field: FIELD,
  resource: 'persistentvolumeclaims',
  compute(object) {
    const { spec, status } = object as unknown as PersistentVolumeClaim;
    return given(
      spec?.volumeAttributesClassName,
      status?.currentVolumeAttributesClassName,
      status?.modifyVolumeStatus?.targetVolumeAttributesClassName,
    );
  },
});

const ofVolumes = defineProjection<readonly string[]>({
  field: FIELD,
  resource: 'persistentvolumes',
  compute: (object) => given((object as unknown as PersistentVolume).spec?.volumeAttributesClassName),
});

const classesOf = (object: Projection | undefined): readonly string[] =>
  ofClaims.of(object) ?? ofVolumes.of(object) ?? [];

const claimsByClass = defineIndex({
  name: 'Claims by attributes class',
  resource: ofClaims.resource,
  values: classesOf,
});
const volumesByClass = defineIndex({
  name: 'Volumes by attributes class',
  resource: ofVolumes.resource,
  values: classesOf,
});

function onReleased({ before, after }: ObjectChange): Key[] {
  const kept = classesOf(after);
  return classesOf(before)
    .filter((name) => !kept.includes(name))
    .map((name) => keyOf(CLASSES, '', name));
}

export const volumeAttributesClassProtectionController = defineController({
  name: 'volumeattributesclass-protection-controller',
  for: CLASSES,
  filter: concernsProtection(FINALIZER),
  watches: [ofClaims, ofVolumes].map(({ resource }) => ({ resource, map: onReleased })),
  projections: [ofClaims, ofVolumes],
  indexes: [claimsByClass, volumesByClass],
  reconcile(key, view) {
    const { name } = parseKey(key);
    const isUsed = (): boolean => [claimsByClass, volumesByClass].some((index) => view.indexSize(index, name) > 0);
    return protect(view, key, FINALIZER, isUsed);
  },
});
