/** A Service's slices in the view, and the changes of them that another than their controller makes. */
import type { EndpointSlice } from '../../../kube/types.ts';
import type { ObjectChange } from '../runtime/controller.ts';
import { defineIndex, defineProjection, labelsOf, type Projection } from '../runtime/view/projection.ts';
import type { View } from '../runtime/view/view.ts';
import { MANAGED_BY, SERVICE_NAME } from './packing.ts';

export const SLICES = 'endpointslices.discovery.k8s.io';

const sliceLabels = labelsOf(SLICES);
const generation = defineProjection<number>({
  field: 'generation',
  resource: SLICES,
  compute: ({ metadata }) => metadata.generation,
});
const slicesByService = defineIndex({
  name: 'slices by Service',
  resource: SLICES,
  values: ({ namespace, labels }) => (labels[SERVICE_NAME] ? [`${namespace}/${labels[SERVICE_NAME]}`] : []),
});

export const sliceProjections = [sliceLabels, generation] as const;
export const sliceIndexes = [slicesByService] as const;

/** Those that this manager keeps, without those that are being deleted, by name. */
export function slicesOf(manager: string, namespace: string, service: string, view: View): EndpointSlice[] {
  const own = [...view.index(slicesByService, `${namespace}/${service}`)].filter(
    ({ labels, deleting }) => labels[MANAGED_BY] === manager && !deleting,
  );
  return own
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(({ name }) => view.get<EndpointSlice>(SLICES, namespace, name) ?? []);
}

/**
 * The names of the Services whose slices changed: one that this manager keeps has other content, is new or gone, or its
 * labels say otherwise whose it is. What the controller itself wrote is as it should be.
 */
export function servicesOfSlice(
  { before, after, cause }: Pick<ObjectChange, 'before' | 'after' | 'cause'>,
  manager: string,
  controller: string,
): string[] {
  if (cause.kind === 'controller' && cause.name === controller) return [];
  const service = (slice: Projection | undefined) => slice?.labels[SERVICE_NAME] ?? '';
  const managed = (slice: Projection | undefined) => slice?.labels[MANAGED_BY] === manager;
  const touched = (): (Projection | undefined)[] => {
    if (!before || !after) return managed(before ?? after) ? [before ?? after] : [];
    if (service(before) !== service(after)) return [before, after];
    const isOther = managed(before) !== managed(after) || generation.of(before) !== generation.of(after);
    return isOther && (managed(before) || managed(after)) ? [after] : [];
  };
  return touched().map(service).filter(Boolean);
}
