/**
 * service-ip-controller (upstream `pkg/registry/core/service/ipallocator/controller`, whose repair loop runs in the API
 * server): each cluster IP of a Service has an IPAddress that refers to the Service. The API makes and deletes them in
 * the Service's own commit; what was changed or deleted behind its back is repaired here.
 */
import { givesAddress, parseAddress, parseRange } from '../../kube/kinds/networking/ip-range.ts';
import {
  IP_ADDRESSES,
  IP_FAMILY_LABEL,
  ipFamily,
  isManaged,
  serviceAddress,
} from '../../kube/kinds/networking/service-addresses.ts';
import type { KubeObject } from '../../kube/machinery/object.ts';
import { type Key, keyOf, parseKey } from '../../kube/machinery/resource.ts';
import { timeOf } from '../../kube/machinery/time.ts';
import type { IPAddress, Service, ServiceCIDR } from '../../kube/types.ts';
import { eventAbout } from './common/controller-ref.ts';
import { defineController, type ObjectChange } from './runtime/controller.ts';
import { API_SERVER } from './runtime/identity.ts';
import type { Action, Plan } from './runtime/plan.ts';
import { defineIndex, defineProjection, type Projection } from './runtime/view/projection.ts';
import type { View } from './runtime/view/view.ts';

const RANGES = 'servicecidrs.networking.k8s.io';
/** The API's timeout of requests, upstream. */
const GRACE_MS = 60_000;
const NEWER_GRACE_MS = 5_000;

const clusterIPs = defineProjection<readonly string[]>({
  field: 'clusterIPs',
  resource: 'services',
  compute(object) {
    const { clusterIP, clusterIPs: all = clusterIP ? [clusterIP] : [] } = (object as unknown as Service).spec ?? {};
    const addresses = all.filter((ip) => ip !== '' && ip !== 'None');
    return addresses.length > 0 ? addresses : undefined;
  },
});

const servicesByIP = defineIndex({
  name: 'Services by cluster IP',
  resource: 'services',
  values: (service) => clusterIPs.of(service) ?? [],
});

export const serviceIPController = defineController({
  name: 'service-ip-controller',
  actsAs: API_SERVER,
  eventSource: 'ipallocator-repair-controller',
  for: '*',
  projections: [clusterIPs],
  indexes: [servicesByIP],
  watches: [
    { resource: 'services', map: addressesOf },
    { resource: IP_ADDRESSES, keysOnly: true, map: ({ key }) => [key] },
    { resource: RANGES, map: ofRange },
  ],
  reconcile,
});

/** Addresses of Services that the range had: another may have them, too. */
function ofRange({ change, object }: ObjectChange, view: View): Key[] {
  if (change !== 'delete') return [];
  const ranges = ((object as unknown as ServiceCIDR).spec?.cidrs ?? []).flatMap((text) => parseRange(text) ?? []);
  const had = (ip: string): boolean => {
    const address = parseAddress(ip);
    return address !== undefined && ranges.some((range) => givesAddress(range, address));
  };
  const services = view.list<Service>('services');
  return services
    .flatMap(({ spec }) => spec?.clusterIPs ?? [])
    .filter(had)
    .map((ip) => keyOf(IP_ADDRESSES, '', ip));
}

function addressesOf({ before, after }: ObjectChange): Key[] {
  const [old, now] = [clusterIPs.of(before) ?? [], clusterIPs.of(after) ?? []];
  const changed = [...old.filter((ip) => !now.includes(ip)), ...now.filter((ip) => !old.includes(ip))];
  return changed.map((ip) => keyOf(IP_ADDRESSES, '', ip));
}

function reconcile(key: Key, view: View, now: number): Plan {
  const { name: ip } = parseKey(key);
  const present = view.get<IPAddress>(IP_ADDRESSES, '', ip);
  const services = [...view.index(servicesByIP, ip)];
  const owner = services.find((service) => refersTo(present, service)) ?? services[0];
  if (!owner) return present && isManaged(present) ? cleanUp(present, view, now) : { actions: [] };
  const family = ipFamily(ip);
  if (!isInRange(ip, view)) {
    const message = `Cluster IP [${family}]: ${ip} is not within any configured Service CIDR; please recreate service`;
    return { actions: services.map((one) => ofService(one, view, 'ClusterIPOutOfRange', message)) };
  }
  const shared = `Cluster IP [${family}]:${ip} was assigned to multiple services; please recreate service`;
  const others = services.filter((one) => one !== owner);
  const told = others.map((one) => ofService(one, view, 'ClusterIPAlreadyAllocated', shared));
  return { actions: [...told, ...repair(ip, present, owner, view)] };
}

/** The IPAddress of a Service that has the address. */
function repair(ip: string, present: IPAddress | undefined, owner: Projection, view: View): Action[] {
  const create: Action = {
    do: 'create',
    resource: IP_ADDRESSES,
    object: serviceAddress(ip, owner),
    ignore: ['AlreadyExists'],
  };
  if (!present) {
    const message = `Cluster IP [${ipFamily(ip)}]: ${ip} is not allocated; repairing`;
    return [ofService(owner, view, 'ClusterIPNotAllocated', message), create];
  }
  if (!refersTo(present, owner)) {
    const message = `the ClusterIP [${ipFamily(ip)}]: ${ip} for Service ${owner.namespace}/${owner.name} has a wrong reference; repairing`;
    return [ofService(owner, view, 'ClusterIPNotAllocated', message), remove(present), create];
  }
  const isLabelled = isManaged(present) && present.metadata.labels?.[IP_FAMILY_LABEL] === ipFamily(ip);
  return isLabelled ? [] : [remove(present), create];
}

/** An IPAddress like those of Services that no Service has (`syncIPAddress`). */
function cleanUp(present: IPAddress, view: View, now: number): Plan {
  const { metadata, spec } = present;
  const { group = '', resource = '', namespace = '', name = '' } = spec?.parentRef ?? {};
  const gone = (reason: string, message: string): Plan => {
    return {
      actions: [warning(present as unknown as KubeObject, reason, 'IPAddressAllocation', message), remove(present)],
    };
  };
  if (group !== '' || resource !== 'services') {
    const reference = `&{${[group, resource, namespace, name].join(' ')}}`;
    const why = `appears to have been modified, not referencing a Service ${reference}: cleaning up`;
    return gone('IPAddressNotAllocated', `IPAddress ${metadata.name} ${why}`);
  }
  const service = view.get<Service>('services', namespace, name);
  const made = timeOf(metadata.creationTimestamp);
  // A Service that is being made may have its address before it is there, or before it has a cluster IP.
  const grace = !service || service.spec?.type === 'ExternalName' ? GRACE_MS : 0;
  const isNewer = service !== undefined && made > timeOf(service.metadata.creationTimestamp);
  const left = made + Math.max(grace, isNewer ? NEWER_GRACE_MS : 0) - now;
  if (left > 0) return { actions: [], requeueAfter: left };
  const about = `IPAddress: ${metadata.name} for Service ${namespace}/${name}`;
  if (!service) return gone('IPAddressNotAllocated', `${about} appears to have leaked: cleaning up`);
  return gone('IPAddressWrongReference', `${about} has a wrong reference; cleaning up`);
}

function refersTo(address: IPAddress | undefined, { namespace, name }: Projection): boolean {
  const parent = address?.spec?.parentRef;
  return (
    parent !== undefined &&
    (parent.group ?? '') === '' &&
    parent.resource === 'services' &&
    parent.namespace === namespace &&
    parent.name === name
  );
}

function remove({ metadata }: IPAddress): Action {
  const { name = '', uid } = metadata;
  return { do: 'delete', target: { resource: IP_ADDRESSES, namespace: '', name, uid } };
}

function isInRange(ip: string, view: View): boolean {
  const address = parseAddress(ip);
  const ranges = view.list<ServiceCIDR>(RANGES).flatMap(({ spec }) => spec?.cidrs ?? []);
  return ranges.some((text) => {
    const range = parseRange(text);
    return address !== undefined && range !== undefined && givesAddress(range, address);
  });
}

function ofService({ namespace, name, uid }: Projection, view: View, reason: string, message: string): Action {
  const service = view.get('services', namespace, name) ?? {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, uid },
  };
  return warning(service, reason, 'ClusterIPAllocation', message);
}

function warning(about: KubeObject, reason: string, action: string, message: string): Action {
  return { do: 'event', event: { ...eventAbout(about, 'Warning', reason, message), action } };
}
