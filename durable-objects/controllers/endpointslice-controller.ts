/** endpointslice-controller (upstream `pkg/controller/endpointslice`): the addresses of a Service's pods. */
import type { KubeObject } from '../../kube/machinery/object.ts';
import { type Key, keyOf, parseKey } from '../../kube/machinery/resource.ts';
import type { Service } from '../../kube/types.ts';
import { eventAbout } from './common/controller-ref.ts';
import { nodeLabels } from './common/nodes.ts';
import { isPod, isTerminal, type PodProjection, podFacts, podLabels, podsByNode } from './common/pods.ts';
import { serviceSelector } from './common/selectors.ts';
import { type AddressType, desiredGroups, ZONE } from './endpointslice/endpoints.ts';
import { hasTopologyMode } from './endpointslice/hints.ts';
import { MANAGER } from './endpointslice/labels.ts';
import { movesEndpoints, nodeTopology } from './endpointslice/node-topology.ts';
import {
  type OwnSlice,
  SLICES,
  servicesOfSlice,
  sliceIndexes,
  sliceProjections,
  slicesOf,
} from './endpointslice/own-slices.ts';

import { planSlices } from './endpointslice/slices.ts';
import { disabled, hasZoneHints, isOverloaded, TURNED_OFF, zoneRatios } from './endpointslice/topology.ts';
import { triggerTime } from './endpointslice/trigger-time.ts';
import { defineController, type ObjectChange } from './runtime/controller.ts';
import type { EventDecision, Plan } from './runtime/plan.ts';
import { defineIndex, defineProjection, type Projection } from './runtime/view/projection.ts';
import type { View } from './runtime/view/view.ts';

const NAME = 'endpointslice-controller';

const topologyMode = defineProjection<true>({
  field: 'topologyMode',
  resource: 'services',
  compute: ({ metadata }) => (hasTopologyMode(metadata.annotations) ? true : undefined),
});
const servicesWithHints = defineIndex({
  name: 'Services with topology aware hints',
  resource: 'services',
  values: (service) => (topologyMode.of(service) ? [''] : []),
});

export const endpointSliceController = defineController({
  name: NAME,
  eventSource: 'endpoint-slice-controller',
  for: 'services',
  watches: [
    { resource: 'pods', map: servicesOf },
    { resource: 'nodes', map: ofNode },
    { resource: SLICES, map: ofSlice },
    { resource: 'services', events: ofModeTakenAway },
  ],
  indexes: [podsByNode, servicesWithHints, ...sliceIndexes],
  projections: [serviceSelector, topologyMode, podFacts, podLabels, nodeLabels, nodeTopology, ...sliceProjections],
  pace: 200,
  reconcile,
});

function ofSlice(change: ObjectChange): Key[] {
  const { namespace } = parseKey(change.key);
  return servicesOfSlice(change, MANAGER, NAME).map((service) => keyOf('services', namespace, service));
}

/** Services that select the pod now or did before, when something changed that endpoints show. */
export function servicesOf({ key, before, after }: ObjectChange, view: View): Key[] {
  const labelsChanged = before?.labels !== after?.labels;
  if (!labelsChanged && isPod(before) && isPod(after) && shown(before) === shown(after)) return [];
  const keys: Key[] = [];
  for (const service of view.projections('services', parseKey(key).namespace)) {
    const selects = (pod: Projection | undefined) => pod !== undefined && service.selector?.matches(pod.labels);
    if (selects(after) || (labelsChanged && selects(before))) keys.push(service.key);
  }
  return keys;
}

/**
 * Services of the pods on a node that came, or is in another zone; and those whose hints are uneven now. Endpoints on one
 * that went stay until something of the Service changes, as upstream, or its pods are collected.
 */
function ofNode({ key, before, after }: ObjectChange, view: View): Key[] {
  const keys = new Set<Key>();
  if (after && (!before || before.labels[ZONE] !== after.labels[ZONE])) {
    for (const pod of view.index(podsByNode, parseKey(key).name)) {
      for (const service of view.projections('services', pod.namespace)) {
        if (service.selector?.matches(pod.labels)) keys.add(service.key);
      }
    }
  }
  if (view.indexSize(servicesWithHints, '') > 0 && movesEndpoints(before, after)) {
    const ratios = zoneRatios(view);
    for (const service of view.index(servicesWithHints, '')) {
      const slices = Map.groupBy(slicesOf(MANAGER, service.namespace, service.name, view), (one) => one.addressType);
      if ([...slices.values()].some((some) => isOverloaded(some, ratios))) keys.add(service.key);
    }
  }
  return [...keys];
}

function ofModeTakenAway({ before, after, object }: ObjectChange, view: View): EventDecision[] {
  if (!topologyMode.of(before) || !after || topologyMode.of(after)) return [];
  const hinted = slicesOf(MANAGER, after.namespace, after.name, view).find(hasZoneHints);
  if (!hinted) return [];
  const { type, reason, message } = disabled(`${TURNED_OFF}, addressType: ${hinted.addressType}`);
  return [eventAbout(object, type, reason, message)];
}

function shown(object: PodProjection): string {
  const { pod, deleting } = object;
  return [pod.ips, pod.ready, pod.node, deleting, isTerminal(object), pod.hostname, pod.subdomain].join(' ');
}

function reconcile(key: Key, view: View): Plan {
  const { namespace, name } = parseKey(key);
  const service = view.get<Service>('services', namespace, name);
  const projection = view.projection(key);
  const selector = projection?.selector;
  // Services that select nothing have their endpoints from elsewhere; slices of gone Services are garbage.
  if (!service || !projection || !selector || service.spec?.type === 'ExternalName') return { actions: [] };
  const pods: PodProjection[] = [];
  for (const pod of view.projections('pods', namespace)) if (isPod(pod) && selector.matches(pod.labels)) pods.push(pod);
  const present = slicesOf(MANAGER, namespace, name, view);
  const families = familiesOf(service);
  const desired = families.map((family) => ({ family, ...desiredGroups(service, projection, pods, family, view) }));
  const lost = new Set(desired.flatMap((one) => one.lost));
  const trigger = () => {
    const isShown = (pod: PodProjection) => pod.pod.ips.length > 0 && !isTerminal(pod) && !lost.has(pod);
    return triggerTime(service, pods.filter(isShown), readiness(present));
  };
  const actions = desired.flatMap(({ family, groups }) => {
    const own = present.filter(({ addressType }) => addressType === family);
    return planSlices({ service, family, groups, trigger }, own, present, view);
  });
  for (const { projection: slice, addressType } of present) {
    if (families.some((family) => family === addressType)) continue;
    const target = { resource: SLICES, namespace, name: slice.name, uid: slice.uid };
    actions.push({ do: 'delete', target });
  }
  if (lost.size > 0) actions.push({ do: 'event', event: lostPods(service, [...lost]) });
  return { actions, parallel: true };
}

/** Once its node is there, the pod is shown. */
function lostPods(service: Service, pods: readonly PodProjection[]): EventDecision {
  const { namespace, name } = service.metadata;
  const skipped = pods.map((pod) => {
    return `skipping Pod ${pod.name} for Service ${namespace}/${name}: Node ${pod.pod.node} Not Found`;
  });
  const all = skipped.length === 1 ? skipped[0] : `[${skipped.join(', ')}]`;
  const message = `Error updating Endpoint Slices for Service ${namespace}/${name}: ${all}`;
  return eventAbout(service as unknown as KubeObject, 'Warning', 'FailedToUpdateEndpointSlices', message);
}

/** The pods in slices, with their readiness there; undefined when there is no slice. */
function readiness(slices: readonly OwnSlice[]): Map<string, boolean> | undefined {
  if (slices.length === 0) return undefined;
  const ready = new Map<string, boolean>();
  for (const { digest } of slices) for (const { uid, serving } of digest.shown) ready.set(uid ?? '', serving ?? false);
  return ready;
}

function familiesOf(service: Service): AddressType[] {
  const families = service.spec?.ipFamilies as AddressType[] | undefined;
  if (families && families.length > 0) return families;
  return service.spec?.clusterIP?.includes(':') ? ['IPv6'] : ['IPv4'];
}
