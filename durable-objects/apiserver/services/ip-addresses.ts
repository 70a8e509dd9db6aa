/**
 * The IPAddresses of a Service are made and deleted with it, in its commit (upstream
 * `pkg/registry/core/service/ipallocator/ipallocator.go`, which makes them before the Service).
 */
import {
  IP_ADDRESSES,
  IP_FAMILY_LABEL,
  MANAGED_BY_LABEL,
  serviceAddress,
} from '../../../kube/kinds/networking/service-addresses.ts';
import { fieldError } from '../../../kube/machinery/field-error.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { keyOf } from '../../../kube/machinery/resource.ts';
import { rfc3339 } from '../../../kube/machinery/time.ts';
import type { IPAddress, Service } from '../../../kube/types.ts';
import type { Companion, StoreReader } from '../../store/store.ts';
import type { Call } from '../call.ts';
import { invalid } from '../errors.ts';
import { markAsDeleting } from '../write/decide-delete.ts';
import { printObject } from '../write/print.ts';

const TAKEN = 'provided IP is already allocated';

/** The fields of an IPAddress that the API server sets. */
const FIELDS = {
  'f:metadata': { 'f:labels': { '.': {}, [`f:${IP_FAMILY_LABEL}`]: {}, [`f:${MANAGED_BY_LABEL}`]: {} } },
  'f:spec': { 'f:parentRef': { '.': {}, 'f:name': {}, 'f:namespace': {}, 'f:resource': {} } },
};

/** `before` and `after` are the Service's states: undefined where there is none. */
export function addressWrites(
  call: Call,
  reader: StoreReader,
  before: KubeObject | undefined,
  after: KubeObject | undefined,
): Companion[] {
  if (call.storage !== 'services' || call.info.subresource !== '') return [];
  const [old, next] = [addressesOf(before), addressesOf(after)];
  return [
    ...old.filter((ip) => !next.includes(ip)).flatMap((ip) => release(call, reader, ip, before as KubeObject)),
    ...next.filter((ip) => !old.includes(ip)).map((ip) => allocate(call, ip, after as KubeObject)),
  ];
}

function addressesOf(service: KubeObject | undefined): readonly string[] {
  const ips = (service as unknown as Service | undefined)?.spec?.clusterIPs ?? [];
  return ips.filter((ip) => ip !== '' && ip !== 'None');
}

function allocate({ server, now }: Call, ip: string, { metadata: { namespace, name } }: KubeObject): Companion {
  return {
    key: keyOf(IP_ADDRESSES, '', ip),
    expect: 'any',
    apply(taken, { revision }) {
      // Another request made the IPAddress between the claim and the commit.
      if (taken) throw invalid('Service', name ?? '', [fieldError.invalid('spec.clusterIPs', [ip], TAKEN)]);
      const time = rfc3339(now);
      const entry = { manager: 'kube-apiserver', operation: 'Update', apiVersion: 'networking.k8s.io/v1', time };
      const address = serviceAddress(ip, { namespace, name });
      const object: KubeObject = {
        ...address,
        metadata: {
          name: ip,
          uid: server.random.uuid(),
          creationTimestamp: time,
          labels: address.metadata.labels,
          managedFields: [
            { ...entry, fieldsType: 'FieldsV1', fieldsV1: FIELDS },
          ] as KubeObject['metadata']['managedFields'],
        },
      };
      return { text: printObject(object, revision) };
    },
  };
}

/** Deletes the IPAddress, unless it has another owner. One with finalizers is said to go, and waits for them. */
function release({ now }: Call, reader: StoreReader, ip: string, service: KubeObject): Companion[] {
  const stored = reader.get(keyOf(IP_ADDRESSES, '', ip));
  if (!stored) return [];
  const address = JSON.parse(stored.text) as IPAddress & KubeObject;
  const { resource, namespace, name } = address.spec?.parentRef ?? {};
  const isOwn = resource === 'services' && namespace === service.metadata.namespace && name === service.metadata.name;
  if (!isOwn) return [];
  const waits = (address.metadata.finalizers?.length ?? 0) > 0;
  if (waits && !markAsDeleting(address, now)) return [];
  const apply: Companion['apply'] = (_, { revision }) => {
    const text = printObject(address, revision);
    return waits ? { text } : { delete: text };
  };
  return [{ key: stored.key, expect: 'present', apply }];
}
