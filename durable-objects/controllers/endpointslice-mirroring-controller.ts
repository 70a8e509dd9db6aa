/**
 * endpointslice-mirroring-controller (upstream `pkg/controller/endpointslicemirroring`): Endpoints that are kept by
 * hand, for a Service without a selector, become EndpointSlices, which clients read.
 */
import { sameJson } from '../../kube/machinery/equality.ts';
import type { KubeObject } from '../../kube/machinery/object.ts';
import { type Key, keyOf, parseKey } from '../../kube/machinery/resource.ts';
import type { Endpoint, EndpointSlice, Endpoints, Service } from '../../kube/types.ts';
import { eventAbout } from './common/controller-ref.ts';
import { serviceSelector } from './common/selectors.ts';
import { sameMap } from './common/values.ts';
import { endpointId, isSameShown, portsId, shownBy } from './endpointslice/endpoints.ts';
import { desiredMirrors, MANAGER, MAX_ENDPOINTS, type Mirror, mirrorOf } from './endpointslice/mirrors.ts';
import { SLICES, servicesOfSlice, sliceIndexes, sliceProjections, slicesOf } from './endpointslice/own-slices.ts';
import { defineController, type ObjectChange } from './runtime/controller.ts';
import type { Action, Plan } from './runtime/plan.ts';
import type { View } from './runtime/view/view.ts';

const NAME = 'endpointslicemirroring-controller';
const SKIP = 'endpointslice.kubernetes.io/skip-mirror';
const LEADER = 'control-plane.alpha.kubernetes.io/leader';

export const endpointSliceMirroringController = defineController({
  name: NAME,
  eventSource: 'endpoint-slice-mirroring-controller',
  for: 'endpoints',
  projections: [serviceSelector, ...sliceProjections],
  indexes: [...sliceIndexes],
  watches: [
    { resource: 'services', map: ofService },
    { resource: SLICES, map: ofSlice },
  ],
  reconcile,
});

function ofService({ before, after }: ObjectChange, view: View): Key[] {
  if (before && after && !before.selector === !after.selector) return [];
  const { namespace = '', name = '' } = after ?? before ?? {};
  const key = keyOf('endpoints', namespace, name);
  return view.projection(key) ? [key] : [];
}

function ofSlice(change: ObjectChange): Key[] {
  const { namespace } = parseKey(change.key);
  return servicesOfSlice(change, MANAGER, NAME).map((service) => keyOf('endpoints', namespace, service));
}

function reconcile(key: Key, view: View): Plan {
  const { namespace, name } = parseKey(key);
  const endpoints = view.get<Endpoints>('endpoints', namespace, name);
  const present = slicesOf(MANAGER, namespace, name, view).map(({ whole }) => whole);
  if (!endpoints || !isMirrored(endpoints, view)) return { actions: present.map(remove), parallel: true };
  const { mirrors, skipped } = desiredMirrors(endpoints);
  const free = new Set(present);
  const made: Mirror[] = [];
  const actions: Action[] = [];
  for (const mirror of mirrors) {
    const [first] = present.filter((one) => one.addressType === mirror.family && portsId(one.ports) === mirror.id);
    if (mirror.endpoints.size === 0) continue;
    if (!first) {
      made.push(mirror);
      continue;
    }
    free.delete(first);
    if (!isMirror(first, mirror, endpoints)) actions.push(write(endpoints, mirror, first));
  }
  const creates: Action[] = [];
  for (const mirror of made) {
    // A slice that would be deleted takes the content of a new one.
    const old = [...free].find(({ addressType }) => addressType === mirror.family);
    if (old) {
      free.delete(old);
      actions.push(write(endpoints, mirror, old, true));
    } else if (!endpoints.metadata.deletionTimestamp) creates.push(write(endpoints, mirror, undefined));
  }
  const deletes = [...free].map(remove);
  return { actions: [...creates, ...actions, ...deletes, ...(skipped > 0 ? [tooMany(endpoints, skipped)] : [])] };
}

function isMirrored({ metadata }: Endpoints, view: View): boolean {
  if (metadata.labels?.[SKIP] === 'true' || metadata.annotations?.[LEADER] !== undefined) return false;
  const service = view.get<Service>('services', metadata.namespace ?? '', metadata.name ?? '');
  return service !== undefined && !service.spec?.selector;
}

/** It has these endpoints, and what stands on their Endpoints. */
function isMirror(slice: EndpointSlice, mirror: Mirror, owner: Endpoints): boolean {
  const { metadata, endpoints = [] } = slice;
  const wanted = mirrorOf(owner, mirror).metadata;
  const isOfAnother = metadata.ownerReferences?.some(
    ({ kind, name, uid }) => kind === 'Endpoints' && name === owner.metadata.name && uid !== owner.metadata.uid,
  );
  if (isOfAnother || endpoints.length !== mirror.endpoints.size) return false;
  const hasAll = endpoints.every((one) => {
    const other = mirror.endpoints.get(endpointId(one));
    return other !== undefined && isSameTarget(one, other) && isSameShown(shownBy(one), shownBy(other));
  });
  return hasAll && sameMap(metadata.labels, wanted.labels) && sameMap(metadata.annotations, wanted.annotations);
}

/** But for its revision. */
function isSameTarget({ targetRef: a }: Endpoint, { targetRef: b }: Endpoint): boolean {
  return sameJson({ ...a, resourceVersion: '' }, { ...b, resourceVersion: '' });
}

/** Upstream writes a slice anew, with nothing of what stood there before. `isNew`: what was to be made takes a slice. */
function write(
  owner: Endpoints,
  mirror: Mirror,
  slice: EndpointSlice | undefined,
  isNew = slice === undefined,
): Action {
  const object = mirrorOf(owner, mirror);
  const { name, uid, resourceVersion } = slice?.metadata ?? {};
  const metadata = {
    ...object.metadata,
    ...(isNew ? { generateName: `${owner.metadata.name}-` } : {}),
    ...(slice ? { name, uid, resourceVersion } : {}),
  };
  return { do: slice ? 'update' : 'create', resource: SLICES, object: { ...object, metadata } };
}

function remove({ metadata }: EndpointSlice): Action {
  const { namespace = '', name = '', uid } = metadata;
  return { do: 'delete', target: { resource: SLICES, namespace, name, uid } };
}

function tooMany(endpoints: Endpoints, skipped: number): Action {
  const message = `A max of ${MAX_ENDPOINTS} addresses can be mirrored to EndpointSlices per Endpoints subset. ${skipped} addresses were skipped`;
  const about = endpoints as unknown as KubeObject;
  return { do: 'event', event: eventAbout(about, 'Warning', 'TooManyAddressesToMirror', message) };
}
