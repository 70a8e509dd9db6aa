/** The slices to make, change and delete, with as few writes as can be (upstream `endpointslice/reconciler.go`). */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Endpoint, EndpointSlice, Service } from '../../../kube/types.ts';
import { controllerRef } from '../common/controller-ref.ts';
import { sameMap } from '../common/values.ts';
import type { Action } from '../runtime/plan.ts';
import { labelsOf } from '../runtime/view/projection.ts';
import type { View } from '../runtime/view/view.ts';
import { type AddressType, endpointId, isSameEndpoint, type Port, type PortGroup, portsId } from './endpoints.ts';
import { withTriggerTime } from './trigger-time.ts';

export const SLICES = 'endpointslices.discovery.k8s.io';
export const SERVICE_NAME = 'kubernetes.io/service-name';
export const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
export const MANAGER = 'endpointslice-controller.k8s.io';
/** A Service's slices, and those of one manager, are found by their labels. */
export const sliceLabels = labelsOf(SLICES);
const HEADLESS = 'service.kubernetes.io/headless';
/** upstream's `--max-endpoints-per-slice` */
const MAX_ENDPOINTS = 100;

interface Draft {
  slice: EndpointSlice | undefined;
  ports: Port[];
  endpoints: Endpoint[];
  changed: boolean;
}

/** A Service's slices that this manager keeps, without those that are being deleted. */
export function slicesOf(manager: string, namespace: string, service: string, view: View): EndpointSlice[] {
  const slices: EndpointSlice[] = [];
  for (const { labels, name, deleting } of view.projections(SLICES, namespace)) {
    if (labels[SERVICE_NAME] !== service || labels[MANAGED_BY] !== manager || deleting) continue;
    const slice = view.get<EndpointSlice>(SLICES, namespace, name);
    if (slice) slices.push(slice);
  }
  return slices;
}

/** The desired content of the slices of one address family. */
export interface DesiredEndpoints {
  service: Service;
  family: AddressType;
  groups: ReadonlyMap<string, PortGroup>;
  /** {@link triggerTime} */
  trigger: string | undefined;
}

export function planSlices(desired: DesiredEndpoints, present: readonly EndpointSlice[]): Action[] {
  const { service, groups } = desired;
  const labels = labelsFor(service);
  const drafts: Draft[] = [];
  const gone: EndpointSlice[] = [];
  const own = present.filter((slice) => isOwned(slice, service));
  for (const [id, group] of groups)
    drafts.push(
      ...fill(
        group,
        own.filter((slice) => portsId(slice.ports) === id),
        gone,
      ),
    );
  gone.push(...own.filter((slice) => !groups.has(portsId(slice.ports))));
  if (drafts.length === 0) drafts.push(placeholder(gone));
  // A slice that would be deleted takes the content of a new one: its name stays when a port changes (`finalize`).
  for (const draft of drafts) draft.slice ??= gone.pop();

  const actions: Action[] = [];
  for (const draft of drafts) {
    if (!draft.slice) actions.push(create(desired, labels, draft));
    else if (draft.changed || !sameMap(draft.slice.metadata.labels, labels)) {
      actions.push(update(draft.slice, desired, labels, draft));
    }
  }
  for (const { metadata } of [...gone, ...present.filter((slice) => !isOwned(slice, service))]) {
    const { namespace = '', name = '', uid } = metadata;
    actions.push({ do: 'delete', target: { resource: SLICES, namespace, name, uid } });
  }
  return actions;
}

/** Slices of an earlier Service of that name are being garbage collected. */
function isOwned({ metadata }: EndpointSlice, service: Service): boolean {
  return metadata.ownerReferences?.some(({ uid, kind }) => uid === service.metadata.uid && kind === 'Service') ?? false;
}

/** Keeps endpoints where they are, takes out those that are gone, and puts new ones where there is room. */
function fill({ ports, endpoints }: PortGroup, own: readonly EndpointSlice[], gone: EndpointSlice[]): Draft[] {
  const missing = new Map(endpoints.map((endpoint) => [endpointId(endpoint), endpoint]));
  const drafts = own.map((slice): Draft => {
    const kept: Endpoint[] = [];
    let changed = false;
    for (const before of slice.endpoints ?? []) {
      const now = missing.get(endpointId(before));
      if (now) kept.push(now);
      if (!now || !isSameEndpoint(before, now)) changed = true;
      missing.delete(endpointId(before));
    }
    return { slice, ports, endpoints: kept, changed };
  });
  const rest = [...missing.values()];
  // Slices that are written anyway take new ones first, then one that can hold all the others.
  for (const draft of drafts) if (draft.changed) add(draft, rest);
  const roomy = drafts.filter((draft) => MAX_ENDPOINTS - draft.endpoints.length >= rest.length);
  if (rest.length > 0 && roomy[0]) add(roomy[0], rest);
  while (rest.length > 0) {
    const draft: Draft = { slice: undefined, ports, endpoints: [], changed: true };
    add(draft, rest);
    drafts.push(draft);
  }
  for (const draft of drafts) if (draft.endpoints.length === 0 && draft.slice) gone.push(draft.slice);
  return drafts.filter((draft) => draft.endpoints.length > 0);
}

function add(draft: Draft, rest: Endpoint[]): void {
  const taken = rest.splice(0, Math.max(0, MAX_ENDPOINTS - draft.endpoints.length));
  if (taken.length === 0) return;
  draft.endpoints.push(...taken);
  draft.changed = true;
}

/** A Service without endpoints still has one slice. */
function placeholder(gone: EndpointSlice[]): Draft {
  const slice = gone.shift();
  const changed = (slice?.endpoints?.length ?? 0) > 0 || (slice?.ports?.length ?? 0) > 0;
  return { slice, ports: [], endpoints: [], changed };
}

function labelsFor(service: Service): Record<string, string> {
  const { clusterIP } = service.spec ?? {};
  const labels: Record<string, string> = {};
  for (const [name, value] of Object.entries(service.metadata.labels ?? {})) {
    if (![SERVICE_NAME, MANAGED_BY, HEADLESS].includes(name)) labels[name] = value;
  }
  labels[MANAGED_BY] = MANAGER;
  labels[SERVICE_NAME] = service.metadata.name ?? '';
  if (!clusterIP || clusterIP === 'None') labels[HEADLESS] = '';
  return labels;
}

function create({ service, family, trigger }: DesiredEndpoints, labels: Record<string, string>, draft: Draft): Action {
  const { name, namespace } = service.metadata;
  const object: KubeObject = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      generateName: `${name}-`,
      namespace,
      labels,
      annotations: withTriggerTime(undefined, trigger),
      ownerReferences: [controllerRef(service as unknown as KubeObject)],
    },
    addressType: family,
    endpoints: draft.endpoints,
    ports: draft.ports,
  };
  return { do: 'create', resource: SLICES, object };
}

function update(
  slice: EndpointSlice,
  { trigger }: DesiredEndpoints,
  labels: Record<string, string>,
  draft: Draft,
): Action {
  const { endpoints, ports } = draft;
  const metadata = { ...slice.metadata, labels, annotations: withTriggerTime(slice.metadata.annotations, trigger) };
  return { do: 'update', resource: SLICES, object: { ...slice, metadata, endpoints, ports } as unknown as KubeObject };
}
