/**
 * endpoints-controller (upstream `pkg/controller/endpoint`): the deprecated Endpoints of Services with a selector, for
 * clients that know no EndpointSlices yet.
 */
import type { KubeObject } from '../../kube/machinery/object.ts';
import { type Key, keyOf, parseKey } from '../../kube/machinery/resource.ts';
import type { Endpoints, Service } from '../../kube/types.ts';
import { eventAbout } from './common/controller-ref.ts';
import { isPod, type PodProjection, podFacts, podLabels } from './common/pods.ts';
import { serviceSelector } from './common/selectors.ts';
import { same, sameMap } from './common/values.ts';
import { repackSubsets, type Subset } from './endpoints/repack.ts';
import { subsetsOf } from './endpoints/subsets.ts';
import { triggerTime, withTriggerTime } from './endpointslice/trigger-time.ts';
import { servicesOf } from './endpointslice-controller.ts';
import { defineController, type ObjectChange } from './runtime/controller.ts';
import type { Action, EventDecision, Plan } from './runtime/plan.ts';
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
  const { subsets, truncated, shown } = subsetsOf(service, pods);
  const labels = labelsOf(service);
  const annotations = { ...present?.metadata.annotations };
  const publishes = service.spec?.publishNotReadyAddresses ?? false;
  if (truncated) annotations[OVER_CAPACITY] = 'truncated';
  else delete annotations[OVER_CAPACITY];
  if (present && isUpToDate(present, subsets, labels, annotations)) return { actions: [] };
  const trigger = triggerTime(service, shown, present && readiness(present, publishes));
  const metadata = { ...present?.metadata, name, labels, annotations: withTriggerTime(annotations, trigger) };
  if (!present) {
    const object = { apiVersion: 'v1', kind: 'Endpoints', metadata: { ...metadata, namespace }, subsets };
    const message = `Failed to create endpoint for service ${namespace}/${name}: `;
    // Upstream names no namespace, so the event is in `default`.
    const regarding = { apiVersion: 'v1', kind: 'Endpoints', namespace: '', name, uid: '' };
    const event: EventDecision = { type: 'Warning', reason: 'FailedToCreateEndpoint', message, regarding };
    const create: Action = { do: 'create', resource: 'endpoints', object: object as unknown as KubeObject };
    return { actions: [{ ...create, onRefused: { event } }] };
  }
  const object = { ...present, metadata, subsets } as unknown as KubeObject;
  const message = `Failed to update endpoint ${namespace}/${name}: `;
  const event = eventAbout(object, 'Warning', 'FailedToUpdateEndpoint', message);
  return { actions: [{ do: 'update', resource: 'endpoints', object, onRefused: { event } }] };
}

function isUpToDate(
  { metadata, subsets }: Endpoints,
  wanted: Subset[],
  labels: Record<string, string>,
  annotations: Record<string, string>,
): boolean {
  return (
    sameMap(ownLabels(metadata.labels), ownLabels(labels)) &&
    sameMap(metadata.annotations, annotations) &&
    (hasSubsets(subsets, wanted) || hasSubsets(repackSubsets(subsets ?? []), wanted))
  );
}

function hasSubsets(a: Endpoints['subsets'], b: Endpoints['subsets']): boolean {
  return same('io.k8s.api.core.v1.Endpoints', { subsets: a }, { subsets: b });
}

/** The label of headless Services is no reason for a write. */
function ownLabels(labels: Readonly<Record<string, string>> = {}): Record<string, string> {
  const { [HEADLESS]: _, ...others } = labels;
  return others;
}

/** The pods in the Endpoints, with their readiness there, which a Service that publishes all does not show. */
function readiness({ subsets = [] }: Endpoints, publishes: boolean): Map<string, boolean | undefined> {
  const known = new Map<string, boolean | undefined>();
  for (const { addresses = [], notReadyAddresses = [] } of subsets) {
    for (const { targetRef } of addresses) known.set(targetRef?.uid ?? '', publishes ? undefined : true);
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
