/**
 * endpointslice-mirroring-controller (upstream `pkg/controller/endpointslicemirroring`): Endpoints that are kept by
 * hand, for a Service without a selector, become EndpointSlices, which clients read.
 */
import type { KubeObject } from '../../kube/machinery/object.ts';
import { type Key, keyOf, parseKey } from '../../kube/machinery/resource.ts';
import type { EndpointSlice, Endpoints, Service } from '../../kube/types.ts';
import { controllerRef } from './common/controller-ref.ts';
import { serviceSelector } from './common/selectors.ts';
import { same, sameMap } from './common/values.ts';
import { type AddressType, portsId } from './endpointslice/endpoints.ts';
import { MANAGED_BY, SERVICE_NAME, SLICES, sliceLabels, slicesOf } from './endpointslice/slices.ts';
import { TRIGGER_TIME } from './endpointslice/trigger-time.ts';
import { defineController, type ObjectChange } from './runtime/controller.ts';
import type { Action, Plan } from './runtime/plan.ts';
import type { View } from './runtime/view/view.ts';

type Subset = NonNullable<Endpoints['subsets']>[number];
type Address = NonNullable<Subset['addresses']>[number];

const TYPE = 'io.k8s.api.discovery.v1.EndpointSlice';
const MANAGER = 'endpointslicemirroring-controller.k8s.io';
const SKIP = 'endpointslice.kubernetes.io/skip-mirror';
const LEADER = 'control-plane.alpha.kubernetes.io/leader';
const NOT_COPIED = [TRIGGER_TIME, 'kubectl.kubernetes.io/last-applied-configuration'];
/** upstream's `--mirroring-max-endpoints-per-subset` */
const MAX_ENDPOINTS_PER_SUBSET = 1000;

export const endpointSliceMirroringController = defineController({
  name: 'endpointslicemirroring-controller',
  for: 'endpoints',
  owns: [SLICES],
  projections: [serviceSelector, sliceLabels],
  watches: [{ resource: 'services', map: ofService }],
  reconcile,
});

function ofService({ before, after }: ObjectChange, view: View): Key[] {
  if (before && after && !before.selector === !after.selector) return [];
  const { namespace = '', name = '' } = after ?? before ?? {};
  const key = keyOf('endpoints', namespace, name);
  return view.projection(key) ? [key] : [];
}

function reconcile(key: Key, view: View): Plan {
  const { namespace, name } = parseKey(key);
  const endpoints = view.get<Endpoints>('endpoints', namespace, name);
  const present = slicesOf(MANAGER, namespace, name, view);
  const desired = endpoints && isMirrored(endpoints, view) ? desiredSlices(endpoints) : [];
  const actions: Action[] = [];
  const free = [...present];
  const take = (fits: (slice: EndpointSlice) => boolean): EndpointSlice | undefined => {
    const index = free.findIndex(fits);
    return index < 0 ? undefined : free.splice(index, 1)[0];
  };
  const pairs = desired.map((slice) => ({
    slice,
    old: take((one) => one.addressType === slice.addressType && portsId(one.ports) === portsId(slice.ports)),
  }));
  for (const { slice, old = take((one) => one.addressType === slice.addressType) } of pairs) {
    if (!old) actions.push({ do: 'create', resource: SLICES, object: slice as unknown as KubeObject });
    else if (!isMirror(old, slice)) {
      const { labels, annotations } = slice.metadata;
      const { endpoints: list, ports } = slice;
      const object = { ...old, metadata: { ...old.metadata, labels, annotations }, endpoints: list, ports };
      actions.push({ do: 'update', resource: SLICES, object: object as unknown as KubeObject });
    }
  }
  for (const { metadata } of free) {
    const target = { resource: SLICES, namespace, name: metadata.name ?? '', uid: metadata.uid };
    actions.push({ do: 'delete', target });
  }
  return { actions };
}

function isMirrored({ metadata }: Endpoints, view: View): boolean {
  if (metadata.deletionTimestamp) return false;
  if (metadata.labels?.[SKIP] === 'true' || metadata.annotations?.[LEADER] !== undefined) return false;
  const service = view.get<Service>('services', metadata.namespace ?? '', metadata.name ?? '');
  return service !== undefined && !service.spec?.selector;
}

/** One group for all addresses of a family that are reached at the same ports. */
function desiredSlices(endpoints: Endpoints): EndpointSlice[] {
  const groups = new Map<string, EndpointSlice>();
  for (const { addresses = [], notReadyAddresses = [], ports = [] } of endpoints.subsets ?? []) {
    const all = [
      ...addresses.map((address) => ({ address, ready: true })),
      ...notReadyAddresses.map((address) => ({ address, ready: false })),
    ];
    for (const { address, ready } of all) {
      const family = address.ip.includes(':') ? 'IPv6' : 'IPv4';
      const id = `${family} ${portsId(ports)}`;
      const slice = groups.get(id) ?? emptySlice(endpoints, family, ports);
      groups.set(id, slice);
      if (slice.endpoints && slice.endpoints.length < MAX_ENDPOINTS_PER_SUBSET)
        slice.endpoints.push(endpointOf(address, ready));
    }
  }
  return [...groups.values()];
}

function emptySlice({ apiVersion, kind, metadata }: Endpoints, addressType: AddressType, ports: Subset['ports']) {
  const annotations = { ...metadata.annotations };
  for (const name of NOT_COPIED) delete annotations[name];
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      generateName: `${metadata.name}-`,
      namespace: metadata.namespace,
      labels: { ...metadata.labels, [SERVICE_NAME]: metadata.name ?? '', [MANAGED_BY]: MANAGER },
      annotations,
      ownerReferences: [controllerRef({ apiVersion, kind, metadata } as KubeObject)],
    },
    addressType,
    endpoints: [],
    ports: (ports ?? []).map((port) => ({ name: '', protocol: 'TCP', ...port })),
  } as unknown as EndpointSlice;
}

function endpointOf({ ip, hostname, nodeName, targetRef }: Address, ready: boolean) {
  return {
    addresses: [ip],
    conditions: { ready },
    ...(hostname ? { hostname } : {}),
    ...(nodeName ? { nodeName } : {}),
    ...(targetRef ? { targetRef } : {}),
  } as NonNullable<EndpointSlice['endpoints']>[number];
}

function isMirror(old: EndpointSlice, slice: EndpointSlice): boolean {
  return (
    same(TYPE, contentOf(old), contentOf(slice)) &&
    sameMap(old.metadata.labels, slice.metadata.labels) &&
    sameMap(old.metadata.annotations, slice.metadata.annotations)
  );
}

function contentOf({ endpoints, ports }: EndpointSlice): Pick<EndpointSlice, 'endpoints' | 'ports'> {
  return { endpoints, ports };
}
