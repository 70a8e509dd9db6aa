/**
 * expand-controller (upstream `pkg/controller/volume/expand`): a claim that asks for more than it has waits for its
 * driver's resizer, and is told so. No plugin that upstream's controller still has makes a volume larger itself.
 */
import type { KubeObject } from '../../kube/machinery/object.ts';
import { compareQuantities, parseQuantity } from '../../kube/machinery/quantity.ts';
import { type Key, parseKey } from '../../kube/machinery/resource.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../kube/types.ts';
import { PRE_RESIZE_CAPACITY, STORAGE_RESIZER } from '../../kube/volumes/annotations.ts';
import { capacityOf } from '../../kube/volumes/matching.ts';
import { driverInPlaceOf, replacedPlugin } from '../../kube/volumes/migration.ts';
import { eventAbout } from './common/controller-ref.ts';
import { CLAIMS, VOLUMES } from './persistent-volume-binder/facts.ts';
import { defineController, type ObjectChange } from './runtime/controller.ts';
import type { Action, Plan } from './runtime/plan.ts';
import { defineProjection } from './runtime/view/projection.ts';
import type { View } from './runtime/view/view.ts';

interface Sizes {
  requested: string;
  has: string;
}

/** Of bound claims. */
const sizes = defineProjection<Sizes>({
  field: 'sizes',
  resource: CLAIMS,
  compute(object, intern) {
    const { spec, status } = object as unknown as PersistentVolumeClaim;
    if (status?.phase !== 'Bound') return undefined;
    return {
      requested: intern.text(capacityOf(spec?.resources?.requests)),
      has: intern.text(capacityOf(status.capacity)),
    };
  },
});

export const expandController = defineController({
  name: 'expand-controller',
  eventSource: 'volume_expand',
  for: CLAIMS,
  filter: isGrowing,
  projections: [sizes],
  reconcile,
});

function isMore(a: string, b: string): boolean {
  const [x, y] = [parseQuantity(a), parseQuantity(b)];
  return x !== undefined && y !== undefined && compareQuantities(x, y) > 0;
}

function isGrowing({ before, after }: ObjectChange): boolean {
  const is = sizes.of(after);
  const was = sizes.of(before) ?? { requested: '0', has: '0' };
  return is !== undefined && (isMore(is.requested, was.requested) || isMore(is.has, was.has));
}

function reconcile(key: Key, view: View): Plan {
  const { namespace, name } = parseKey(key);
  const claim = view.get<PersistentVolumeClaim>(CLAIMS, namespace, name);
  const volume = claim && view.get<PersistentVolume>(VOLUMES, '', claim.spec?.volumeName ?? '');
  if (!claim || !volume || volume.spec?.claimRef?.uid !== claim.metadata.uid) return { actions: [] };
  const has = capacityOf(claim.status?.capacity);
  const isResizing = volume.metadata.annotations?.[PRE_RESIZE_CAPACITY] !== undefined;
  if (!isMore(capacityOf(claim.spec?.resources?.requests), has) && !isResizing) return { actions: [] };
  const plugin = replacedPlugin(volume.spec);
  if (plugin === undefined) return { actions: [told(claim, 'waiting for an external controller to expand this PVC')] };
  const message = `CSI migration enabled for ${plugin}; waiting for external resizer to expand the pvc`;
  return { actions: [told(claim, message), ...setResizer(claim, driverInPlaceOf(plugin))] };
}

function told(claim: PersistentVolumeClaim, message: string): Action {
  return { do: 'event', event: eventAbout(claim as unknown as KubeObject, 'Normal', 'ExternalExpanding', message) };
}

function setResizer({ metadata }: PersistentVolumeClaim, driver: string | undefined): Action[] {
  if (metadata.annotations?.[STORAGE_RESIZER] === driver) return [];
  const { namespace = '', name = '', uid, resourceVersion } = metadata;
  return [
    {
      do: 'patch',
      target: { resource: CLAIMS, namespace, name, uid, resourceVersion },
      patch: { metadata: { annotations: { [STORAGE_RESIZER]: driver } } },
      type: 'strategic',
      subresource: 'status',
    },
  ];
}
