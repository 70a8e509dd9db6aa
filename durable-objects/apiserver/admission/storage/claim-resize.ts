/**
 * Claims grow when they are bound, by a class that allows it (upstream
 * `plugin/pkg/admission/storage/persistentvolume/resize`).
 */
import { storageClassOf } from '../../../../kube/kinds/columns/volumes.ts';
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { compareQuantities, parseQuantity } from '../../../../kube/machinery/quantity.ts';
import { keyOf } from '../../../../kube/machinery/resource.ts';
import type { PersistentVolumeClaim, StorageClass } from '../../../../kube/types.ts';
import type { Attributes } from '../attributes.ts';
import { type Plugin, refuse } from '../plugin.ts';

const NO_CLASS =
  'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize';

export const persistentVolumeClaimResize: Plugin = {
  name: 'PersistentVolumeClaimResize',
  resources: ['persistentvolumeclaims'],
  validate(attributes) {
    const { call, operation, subresource, object, oldObject } = attributes;
    if (call.kind.resource !== 'persistentvolumeclaims' || subresource !== '' || operation !== 'UPDATE') return;
    const [next, old] = [object, oldObject] as unknown as [PersistentVolumeClaim, PersistentVolumeClaim];
    const [wanted, present] = [size(next), size(old)];
    if (!wanted || (present && compareQuantities(wanted, present) <= 0)) return;
    if (old.status?.phase !== 'Bound') throw refuse(attributes, 'Only bound persistent volume claims can be expanded');
    if (!allowsResize(attributes, classOf(next), classOf(old))) throw refuse(attributes, NO_CLASS);
  },
};

function size({ spec }: PersistentVolumeClaim) {
  return parseQuantity(String(spec?.resources?.requests?.storage ?? '0'));
}

function classOf(claim: PersistentVolumeClaim): string {
  return storageClassOf(claim as unknown as KubeObject, claim.spec?.storageClassName);
}

function allowsResize({ reader }: Attributes, name: string, before: string): boolean {
  if (name === '' || name !== before) return false;
  const stored = reader.get(keyOf('storageclasses.storage.k8s.io', '', name));
  return stored !== undefined && ((JSON.parse(stored.text) as StorageClass).allowVolumeExpansion ?? false);
}
