/** A Service's slices in the view, and the changes of them that another than their controller makes. */
import type { EndpointSlice } from '../../../kube/types.ts';
import type { ObjectChange } from '../runtime/controller.ts';
import { defineIndex, defineProjection, labelsOf, type Projection } from '../runtime/view/projection.ts';
import type { View } from '../runtime/view/view.ts';
import { hasHints, isReady, nearHints } from './endpoint-hints.ts';
import { portsId, type Shown, shownBy } from './endpoints.ts';
import { MANAGED_BY, SERVICE_NAME } from './labels.ts';

export const SLICES = 'endpointslices.discovery.k8s.io';

const sliceLabels = labelsOf(SLICES);
const generation = defineProjection<number>({
  field: 'generation',
  resource: SLICES,
  compute: ({ metadata }) => metadata.generation,
});
const addressType = defineProjection<string>({
  field: 'addressType',
  resource: SLICES,
  compute: (object, intern) => intern.text((object as unknown as EndpointSlice).addressType),
});
const slicesByService = defineIndex({
  name: 'slices by Service',
  resource: SLICES,
  values: ({ namespace, labels }) => (labels[SERVICE_NAME] ? [`${namespace}/${labels[SERVICE_NAME]}`] : []),
});

export const sliceProjections = [sliceLabels, generation, addressType] as const;
export const sliceIndexes = [slicesByService] as const;

/** The part of a slice that is compared. It is kept as long as the projection, so that an unchanged slice is parsed once. */
interface Digest {
  ports: string;
  shown: readonly Shown[];
  /** Which hints its endpoints have. */
  hints: { any: boolean; zones: boolean; nodes: boolean };
}

const digests = new WeakMap<Projection, Digest>();

/** A slice that is read from the store only where its digest does not do. */
export class OwnSlice {
  readonly projection: Projection;
  readonly #view: View;
  #whole: EndpointSlice | undefined;

  constructor(projection: Projection, view: View) {
    this.projection = projection;
    this.#view = view;
  }

  get whole(): EndpointSlice {
    const { namespace, name } = this.projection;
    this.#whole ??= this.#view.get<EndpointSlice>(SLICES, namespace, name) ?? GONE;
    return this.#whole;
  }

  get digest(): Digest {
    const present = digests.get(this.projection);
    if (present) return present;
    const made = digestOf(this.whole);
    if (this.whole.metadata.resourceVersion === String(this.projection.revision)) digests.set(this.projection, made);
    return made;
  }

  get addressType(): string {
    return addressType.of(this.projection) ?? '';
  }
}

const GONE = { metadata: {}, endpoints: [], ports: [] } as unknown as EndpointSlice;

function digestOf({ ports, endpoints = [] }: EndpointSlice): Digest {
  const ready = endpoints.filter(isReady);
  return {
    ports: portsId(ports),
    shown: endpoints.map(shownBy),
    hints: {
      any: endpoints.some(({ hints }) => hints),
      zones: ready.every((one) => hasHints(one, nearHints(one, false))),
      nodes: ready.every((one) => hasHints(one, nearHints(one, true))),
    },
  };
}

/** Those that this manager keeps, without those that are being deleted, by name. */
export function slicesOf(manager: string, namespace: string, service: string, view: View): OwnSlice[] {
  const own = [...view.index(slicesByService, `${namespace}/${service}`)].filter(
    ({ labels, deleting }) => labels[MANAGED_BY] === manager && !deleting,
  );
  return own.sort((a, b) => (a.name < b.name ? -1 : 1)).map((projection) => new OwnSlice(projection, view));
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
