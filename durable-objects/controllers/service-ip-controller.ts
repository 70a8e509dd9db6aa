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
import type { IPAddress, Service, ServiceCIDR } from '../../kube/types.ts';
import { eventAbout } from './common/controller-ref.ts';
import { defineController, type ObjectChange } from './runtime/controller.ts';
import { API_SERVER } from './runtime/identity.ts';
import type { Action, Plan } from './runtime/plan.ts';
import { defineIndex, defineProjection, type Projection } from './runtime/view/projection.ts';
import type { View } from './runtime/view/view.ts';

const RANGES = 'servicecidrs.networking.k8s.io';

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
    { resource: 'services', map: ofService },
    { resource: IP_ADDRESSES, keysOnly: true, map: ({ key }) => [key] },
  ],
  reconcile,
});

function ofService({ before, after }: ObjectChange): Key[] {
  const [old, now] = [clusterIPs.of(before) ?? [], clusterIPs.of(after) ?? []];
  const changed = [...old.filter((ip) => !now.includes(ip)), ...now.filter((ip) => !old.includes(ip))];
  return changed.map((ip) => keyOf(IP_ADDRESSES, '', ip));
}

function reconcile(key: Key, view: View): Plan {
  const { name: ip } = parseKey(key);
  const present = view.get<IPAddress>(IP_ADDRESSES, '', ip);
  const services = [...view.index(servicesByIP, ip)];
  const owner = services.find((service) => refersTo(present, service)) ?? services[0];
  if (!owner) return { actions: present && isManaged(present) ? [leaked(present), remove(present)] : [] };
  if (
    present &&
    refersTo(present, owner) &&
    isManaged(present) &&
    present.metadata.labels?.[IP_FAMILY_LABEL] === ipFamily(ip)
  ) {
    return { actions: [] };
  }
  if (!isInRange(ip, view)) {
    const message = `Cluster IP [${ipFamily(ip)}]: ${ip} is not within any configured Service CIDR; please recreate service`;
    return { actions: [warning(owner, view, 'ClusterIPOutOfRange', message)] };
  }
  const create: Action = {
    do: 'create',
    resource: IP_ADDRESSES,
    object: serviceAddress(ip, owner),
    ignore: ['AlreadyExists'],
  };
  if (!present) {
    const message = `Cluster IP [${ipFamily(ip)}]: ${ip} is not allocated; repairing`;
    return { actions: [warning(owner, view, 'ClusterIPNotAllocated', message), create] };
  }
  return { actions: [wrongReference(ip, owner, view), remove(present), create] };
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

function warning({ namespace, name, uid }: Projection, view: View, reason: string, message: string): Action {
  const service = view.get('services', namespace, name) ?? {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, uid },
  };
  return { do: 'event', event: eventAbout(service, 'Warning', reason, message) };
}

function wrongReference(ip: string, owner: Projection, view: View): Action {
  const message = `the ClusterIP [${ipFamily(ip)}]: ${ip} for Service ${owner.namespace}/${owner.name} has a wrong reference; repairing`;
  return warning(owner, view, 'ClusterIPNotAllocated', message);
}

function leaked(address: IPAddress): Action {
  const { namespace, name } = address.spec?.parentRef ?? {};
  const message = `IPAddress: ${address.metadata.name} for Service ${namespace}/${name} appears to have leaked: cleaning up`;
  const event = eventAbout(address as unknown as KubeObject, 'Warning', 'IPAddressNotAllocated', message);
  return { do: 'event', event };
}
