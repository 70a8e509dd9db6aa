/**
 * service-ip-controller (upstream `pkg/registry/core/service/ipallocator`, whose allocator and repair loop run in the
 * API server): each cluster IP of a Service has an IPAddress that refers to the Service. Addresses are given by the API
 * inside the commit that makes the Service, so an IPAddress is made after its Service, not before it.
 */
import type { KubeObject } from '../../kube/machinery/object.ts';
import { type Key, keyOf, parseKey } from '../../kube/machinery/resource.ts';
import type { IPAddress, Service } from '../../kube/types.ts';
import { eventAbout } from './common/controller-ref.ts';
import { defineController, type ObjectChange } from './runtime/controller.ts';
import type { Action, Plan } from './runtime/plan.ts';
import { READ, rule } from './runtime/rules.ts';
import { defineIndex, defineProjection, type Projection } from './runtime/view/projection.ts';
import type { View } from './runtime/view/view.ts';

const ADDRESSES = 'ipaddresses.networking.k8s.io';
const FAMILY = 'ipaddress.kubernetes.io/ip-family';
const MANAGED_BY = 'ipaddress.kubernetes.io/managed-by';
const MANAGER = 'ipallocator.k8s.io';

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
  eventSource: 'ipallocator-repair-controller',
  for: '*',
  rules: [rule(READ, [''], 'services'), rule([...READ, 'create', 'delete'], ['networking.k8s.io'], 'ipaddresses')],
  projections: [clusterIPs],
  indexes: [servicesByIP],
  watches: [
    { resource: 'services', map: ofService },
    { resource: ADDRESSES, keysOnly: true, map: ({ key }) => [key] },
  ],
  reconcile,
});

function ofService({ before, after }: ObjectChange): Key[] {
  const [old, now] = [clusterIPs.of(before) ?? [], clusterIPs.of(after) ?? []];
  const changed = [...old.filter((ip) => !now.includes(ip)), ...now.filter((ip) => !old.includes(ip))];
  return changed.map((ip) => keyOf(ADDRESSES, '', ip));
}

function reconcile(key: Key, view: View): Plan {
  const { name: ip } = parseKey(key);
  const present = view.get<IPAddress>(ADDRESSES, '', ip);
  const services = [...view.index(servicesByIP, ip)];
  const owner = services.find((service) => refersTo(present, service)) ?? services[0];
  if (!owner) return { actions: present && isManaged(present) ? [remove(present)] : [] };
  const create: Action = { do: 'create', resource: ADDRESSES, object: addressOf(ip, owner), ignore: ['AlreadyExists'] };
  if (!present) return { actions: [create] };
  if (refersTo(present, owner) && isManaged(present) && present.metadata.labels?.[FAMILY] === familyOf(ip)) {
    return { actions: [] };
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

function isManaged({ metadata }: IPAddress): boolean {
  return metadata.labels?.[MANAGED_BY] === MANAGER;
}

function familyOf(ip: string): 'IPv4' | 'IPv6' {
  return ip.includes(':') ? 'IPv6' : 'IPv4';
}

function addressOf(ip: string, { namespace, name }: Projection): KubeObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IPAddress',
    metadata: { name: ip, labels: { [FAMILY]: familyOf(ip), [MANAGED_BY]: MANAGER } },
    spec: { parentRef: { resource: 'services', namespace, name } },
  };
}

function remove({ metadata }: IPAddress): Action {
  const { name = '', uid } = metadata;
  return { do: 'delete', target: { resource: ADDRESSES, namespace: '', name, uid } };
}

function wrongReference(ip: string, { namespace, name, uid }: Projection, view: View): Action {
  const service = view.get('services', namespace, name) ?? {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, uid },
  };
  const message = `the ClusterIP [${familyOf(ip)}]: ${ip} for Service ${namespace}/${name} has a wrong reference; repairing`;
  return { do: 'event', event: eventAbout(service, 'Warning', 'ClusterIPNotAllocated', message) };
}
