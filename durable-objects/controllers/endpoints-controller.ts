/**
 * endpoints-controller (upstream `pkg/controller/endpoint`): the deprecated Endpoints of Services with a selector, for
 * clients that know no EndpointSlices yet.
 */
import type { KubeObject } from '../../kube/machinery/object.ts';
import { type Key, keyOf, parseKey } from '../../kube/machinery/resource.ts';
import type { Endpoints, Service } from '../../kube/types.ts';
import { isPod, type PodProjection, podFacts, podLabels } from './common/pods.ts';
import { serviceSelector } from './common/selectors.ts';
import { same, sameMap } from './common/values.ts';
import { subsetsOf } from './endpoints/subsets.ts';
import { triggerTime, withTriggerTime } from './endpointslice/trigger-time.ts';
import { servicesOf } from './endpointslice-controller.ts';
import { defineController, type ObjectChange } from './runtime/controller.ts';
import type { Plan } from './runtime/plan.ts';
import type { View } from './runtime/view/view.ts';

const HEADLESS = 'service.kubernetes.io/headless';
const MANAGED_BY = 'endpoints.kubernetes.io/managed-by';
const OVER_CAPACITY = 'endpoints.kubernetes.io/over-capacity';

export const endpointsController = defineController({
  name: 'endpoint-controller',
  for: 'services',
  watches: [
    { resource: 'pods', map: servicesOf },
    { resource: 'endpoints', map: ofDeleted },
  ],
  projections: [serviceSelector, podFacts, podLabels],
  // Few clients still read these: one write for a burst of pods.
  pace: 500,
  reconcile,
});

/** Endpoints without a Service belong to the client that made them. */
function ofDeleted({ after, before }: ObjectChange, view: View): Key[] {
  if (after || !before) return [];
  const key = keyOf('services', before.namespace, before.name);
  return view.projection(key) ? [key] : [];
}

function reconcile(key: Key, view: View): Plan {
  const { namespace, name } = parseKey(key);
  const service = view.get<Service>('services', namespace, name);
  const present = view.get<Endpoints>('endpoints', namespace, name);
  if (!service) {
    if (!present) return { actions: [] };
    const target = { resource: 'endpoints', namespace, name, uid: present.metadata.uid };
    return { actions: [{ do: 'delete', target }] };
  }
  const selector = view.projection(key)?.selector;
  if (!selector || service.spec?.type === 'ExternalName') return { actions: [] };
  const pods: PodProjection[] = [];
  for (const pod of view.projections('pods', namespace)) if (isPod(pod) && selector.matches(pod.labels)) pods.push(pod);
  const { subsets, truncated } = subsetsOf(service, pods);
  const labels = labelsOf(service);
  const annotations = { ...present?.metadata.annotations };
  const trigger = triggerTime(service, pods, present && readiness(present));
  if (truncated) annotations[OVER_CAPACITY] = 'truncated';
  else delete annotations[OVER_CAPACITY];
  if (!present) {
    const object = {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name, namespace, labels, annotations: withTriggerTime(annotations, trigger) },
      subsets,
    };
    return { actions: [{ do: 'create', resource: 'endpoints', object: object as unknown as KubeObject }] };
  }
  const { metadata } = present;
  const isSame =
    same('io.k8s.api.core.v1.Endpoints', { subsets: present.subsets }, { subsets }) &&
    sameMap(metadata.labels, labels) &&
    sameMap(metadata.annotations, annotations);
  if (isSame) return { actions: [] };
  const next = { ...metadata, labels, annotations: withTriggerTime(annotations, trigger) };
  const object = { ...present, metadata: next, subsets } as unknown as KubeObject;
  return { actions: [{ do: 'update', resource: 'endpoints', object }] };
}

/** The pods in the Endpoints, with their readiness there. */
function readiness({ subsets = [] }: Endpoints): Map<string, boolean> {
  const known = new Map<string, boolean>();
  for (const { addresses = [], notReadyAddresses = [] } of subsets) {
    for (const { targetRef } of addresses) known.set(targetRef?.uid ?? '', true);
    for (const { targetRef } of notReadyAddresses) known.set(targetRef?.uid ?? '', false);
  }
  return known;
}

function labelsOf({ metadata, spec }: Service): Record<string, string> {
  const labels: Record<string, string> = { ...metadata.labels, [MANAGED_BY]: 'endpoint-controller' };
  delete labels[HEADLESS];
  if (!spec?.clusterIP || spec.clusterIP === 'None') labels[HEADLESS] = '';
  return labels;
}
