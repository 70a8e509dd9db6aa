/** endpointslice-controller (upstream `pkg/controller/endpointslice`): the addresses of a Service's pods. */
import { type Key, parseKey } from '../../kube/machinery/resource.ts';
import type { EndpointSlice, Service } from '../../kube/types.ts';
import { nodeLabels } from './common/nodes.ts';
import { isPod, isTerminal, type PodProjection, podFacts, podLabels, podsByNode } from './common/pods.ts';
import { serviceSelector } from './common/selectors.ts';
import { type AddressType, desiredGroups, ZONE } from './endpointslice/endpoints.ts';
import { MANAGER, planSlices, SLICES, sliceLabels, slicesOf } from './endpointslice/slices.ts';
import { triggerTime } from './endpointslice/trigger-time.ts';
import { defineController, type ObjectChange } from './runtime/controller.ts';
import type { Plan } from './runtime/plan.ts';
import type { Projection } from './runtime/view/projection.ts';
import type { View } from './runtime/view/view.ts';

export const endpointSliceController = defineController({
  name: 'endpointslice-controller',
  eventSource: 'endpoint-slice-controller',
  for: 'services',
  owns: [SLICES],
  watches: [
    { resource: 'pods', map: servicesOf },
    { resource: 'nodes', map: ofPodsOn },
  ],
  indexes: [podsByNode],
  projections: [serviceSelector, podFacts, podLabels, nodeLabels, sliceLabels],
  pace: 200,
  reconcile,
});

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
 * Services of the pods on a node that came, or is in another zone. One that went may come back: its endpoints stay
 * until something of the Service changes, as upstream, or its pods are collected.
 */
function ofPodsOn({ key, before, after }: ObjectChange, view: View): Key[] {
  if (!after || (before && before.labels[ZONE] === after.labels[ZONE])) return [];
  const keys = new Set<Key>();
  for (const pod of view.index(podsByNode, parseKey(key).name)) {
    for (const service of view.projections('services', pod.namespace)) {
      if (service.selector?.matches(pod.labels)) keys.add(service.key);
    }
  }
  return [...keys];
}

function shown(object: PodProjection): string {
  const { pod, deleting } = object;
  return [pod.ips, pod.ready, pod.node, deleting, isTerminal(object), pod.hostname, pod.subdomain].join(' ');
}

function reconcile(key: Key, view: View): Plan {
  const { namespace, name } = parseKey(key);
  const service = view.get<Service>('services', namespace, name);
  const selector = view.projection(key)?.selector;
  // Services that select nothing have their endpoints from elsewhere; slices of gone Services are garbage.
  if (!service || !selector || service.spec?.type === 'ExternalName' || service.metadata.deletionTimestamp) {
    return { actions: [] };
  }
  const pods: PodProjection[] = [];
  for (const pod of view.projections('pods', namespace)) if (isPod(pod) && selector.matches(pod.labels)) pods.push(pod);
  const present = slicesOf(MANAGER, namespace, name, view);
  const families = familiesOf(service);
  const trigger = triggerTime(service, pods, readiness(present));
  const actions = families.flatMap((family) =>
    planSlices(
      { service, family, groups: desiredGroups(service, pods, family, view), trigger },
      present.filter((slice) => slice.addressType === family),
    ),
  );
  for (const { metadata, addressType } of present) {
    if (families.some((family) => family === addressType)) continue;
    const target = { resource: SLICES, namespace, name: metadata.name ?? '', uid: metadata.uid };
    actions.push({ do: 'delete', target });
  }
  return { actions, parallel: true };
}

/** The pods in slices, with their readiness there; undefined when there is no slice. */
function readiness(slices: readonly EndpointSlice[]): Map<string, boolean> | undefined {
  if (slices.length === 0) return undefined;
  const known = new Map<string, boolean>();
  for (const { endpoints = [] } of slices) {
    for (const { targetRef, conditions } of endpoints) known.set(targetRef?.uid ?? '', conditions?.serving ?? false);
  }
  return known;
}

function familiesOf(service: Service): AddressType[] {
  const families = service.spec?.ipFamilies as AddressType[] | undefined;
  if (families && families.length > 0) return families;
  return service.spec?.clusterIP?.includes(':') ? ['IPv6'] : ['IPv4'];
}
