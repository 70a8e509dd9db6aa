/**
 * Load balancers that are none: a Service whose annotation asks for one, or that of its namespace, gets an address out of
 * a range for documentation (RFC 5737), to which nothing listens.
 */
import { serviceSteerOf } from '../../../kube/kinds/core/simulated-annotations.ts';
import { parseIPv4 } from '../../../kube/kinds/validation/ip.ts';
import { fnv1a } from '../../../kube/machinery/fnv.ts';
import type { Service } from '../../../kube/types.ts';
import type { LoadBalancer } from './load-balancer.ts';

const NET = '203.0.113.';
const RANGE = `${NET}0/24`;
/** From .1 to .254 */
const SIZE = 254;

export interface KnownServices {
  /** The cluster's. */
  readonly revision: number;
  /** Those that may have an address of a load balancer. */
  services(): Iterable<Service>;
  find(namespace: string, name: string): Service | undefined;
}

export function simulatedLoadBalancers(known: KnownServices): LoadBalancer {
  /** As of a revision, since the calls of one turn would each go through all Services. */
  let stored = { revision: -1, taken: new Map<string, string>() };
  /** Addresses that Services have or are about to have, by uid. */
  const given = new Map<string, { ip: string; namespace: string; name: string }>();

  function storedAddresses(): ReadonlyMap<string, string> {
    const { revision } = known;
    if (stored.revision === revision) return stored.taken;
    const taken = new Map<string, string>();
    for (const { metadata, status } of known.services()) {
      for (const { ip } of status?.loadBalancer?.ingress ?? []) if (ip) taken.set(ip, metadata.uid ?? '');
    }
    // A Service whose finalizer was taken off by hand goes without a word.
    for (const [uid, { ip, namespace, name }] of given) {
      if (taken.get(ip) !== uid && known.find(namespace, name)?.metadata.uid !== uid) given.delete(uid);
    }
    stored = { revision, taken };
    return taken;
  }

  function takenBy(): Map<string, string> {
    const taken = new Map(storedAddresses());
    for (const [uid, { ip }] of given) taken.set(ip, uid);
    return taken;
  }

  function addressFor({ metadata, spec, status }: Service): string {
    const { uid = '' } = metadata;
    const taken = takenBy();
    const isFree = (ip: string) => (taken.get(ip) ?? uid) === uid;
    const wanted = spec?.loadBalancerIP;
    if (wanted) {
      if (!isInRange(wanted)) throw new Error(`the requested address ${wanted} is not in the range ${RANGE}`);
      if (!isFree(wanted)) throw new Error(`the requested address ${wanted} is in use already`);
      return wanted;
    }
    const present = given.get(uid)?.ip ?? status?.loadBalancer?.ingress?.[0]?.ip;
    if (present && isInRange(present) && isFree(present)) return present;
    const start = fnv1a(uid) % SIZE;
    for (let tried = 0; tried < SIZE; tried++) {
      const ip = `${NET}${((start + tried) % SIZE) + 1}`;
      if (isFree(ip)) return ip;
    }
    throw new Error(`no address of the range ${RANGE} is left`);
  }

  return {
    serves({ metadata }, namespace) {
      const own = serviceSteerOf(metadata.annotations, 'load-balancer');
      return (own ?? serviceSteerOf(namespace?.metadata.annotations, 'load-balancer')) === 'true';
    },
    // Its finalizer tells that it has one: the status of a Service that has another type now is empty.
    getLoadBalancer: async ({ status }) => status?.loadBalancer ?? {},
    async ensureLoadBalancer(service) {
      const error = serviceSteerOf(service.metadata.annotations, 'load-balancer-error');
      if (error !== undefined) throw new Error(error);
      const ip = addressFor(service);
      const { uid = '', namespace = '', name = '' } = service.metadata;
      given.set(uid, { ip, namespace, name });
      return { ingress: [{ ip }] };
    },
    async updateLoadBalancer({ metadata }) {
      const error = serviceSteerOf(metadata.annotations, 'load-balancer-error');
      if (error !== undefined) throw new Error(error);
    },
    async ensureLoadBalancerDeleted({ metadata }) {
      given.delete(metadata.uid ?? '');
    },
  };
}

function isInRange(ip: string): boolean {
  const [a, b, c, last = 0] = parseIPv4(ip) ?? [];
  return `${a}.${b}.${c}.` === NET && last >= 1 && last <= SIZE;
}
