/** The parts of kube-aggregator. */
import { API_SERVICES } from '../../../kube/kinds/apiregistration/local.ts';
import { keyPrefix, parseKey } from '../../../kube/machinery/resource.ts';
import { type Family, gauge } from '../../../kube/metrics/registry.ts';
import { type Outbound, unreachable } from '../outbound.ts';
import { Authentication, type AuthenticationPorts } from './authentication.ts';
import { Availability, type AvailabilityPorts } from './availability.ts';
import { RemoteDiscovery } from './discovery.ts';
import { LocalApiServices, type LocalServicesPorts, type NotePort } from './local-services.ts';
import { RemoteServices } from './remote-services.ts';

export interface Aggregation {
  /** The APIServices of the groups that this server answers for itself. */
  local: LocalApiServices;
  /** The APIServices that name a Service. */
  remote: RemoteServices;
  availability: Availability;
  discovery: RemoteDiscovery;
  /** The ConfigMap by which aggregated APIs know their clients. */
  authentication: Authentication;
}

export interface AggregationPorts
  extends Omit<LocalServicesPorts, 'notes'>,
    Omit<AvailabilityPorts, 'outbound' | 'answered'>,
    AuthenticationPorts {
  notes?: NotePort;
  outbound?: Outbound;
}

export function makeAggregation({ notes = notesInMemory(), ...ports }: AggregationPorts): Aggregation {
  const remote = new RemoteServices(ports.store);
  const outbound = ports.outbound ?? unreachable;
  const availability: Availability = new Availability({
    ...ports,
    outbound,
    answered: (service, list) => discovery.answered(service, list),
  });
  const discovery = new RemoteDiscovery({ remote, notes, ask: (...asked) => availability.ask(...asked) });
  ports.store.onCommit(
    (entries) => {
      for (const { key, change } of entries) {
        if (change !== 'delete') continue;
        const { name } = parseKey(key);
        availability.forget(name);
        discovery.forget(name);
      }
    },
    [API_SERVICES],
  );
  ports.metrics?.onRead(() => [unavailable(ports.store, remote)]);
  return {
    local: new LocalApiServices({ ...ports, notes }),
    remote,
    availability,
    discovery,
    authentication: new Authentication(ports),
  };
}

function unavailable(store: AggregationPorts['store'], remote: RemoteServices): Family {
  const failing = new Set(remote.all.filter(({ isAvailable }) => !isAvailable).map(({ name }) => name));
  const names = Array.from(store.scan({ prefix: keyPrefix(API_SERVICES) }), ({ key }) => parseKey(key).name);
  return gauge(
    'aggregator_unavailable_apiservice',
    names.map((name) => [failing.has(name) ? 1 : 0, name] as const),
  );
}

function notesInMemory(): NotePort {
  const values = new Map<string, string>();
  return {
    read: (name) => values.get(name),
    write: (name, value) => void values.set(name, value),
    forget: (name) => void values.delete(name),
  };
}
