import type { EndpointSlice } from '../../types.ts';
import { ageColumn, column, nameColumn } from '../columns/column.ts';
import { listWithMore } from '../columns/text.ts';
import { defineKind } from '../define.ts';
import { ipWarnings } from '../validation/ip.ts';
import { validateEndpointSlice, validateEndpointSliceUpdate } from './endpoint-slice-validation.ts';

const SHOWN = 3;

/** `dropTopologyOnV1`: what the version before had here is in fields of their own. */
function dropTopology({ endpoints }: EndpointSlice): void {
  for (const endpoint of endpoints ?? []) delete endpoint.deprecatedTopology;
}

const CONTROLLERS: ReadonlySet<string> = new Set([
  'endpointslice-controller.k8s.io',
  'endpointslicemirroring-controller.k8s.io',
]);

/** The controllers write their addresses in their usual form (`warnOnBadIPs`). */
function warnings({ metadata, addressType, endpoints }: EndpointSlice, old?: EndpointSlice): string[] {
  const deprecated = addressType === 'FQDN' && !old ? ['spec.addressType: FQDN endpoints are deprecated'] : [];
  if (CONTROLLERS.has(metadata.labels?.['endpointslice.kubernetes.io/managed-by'] ?? '')) return deprecated;
  const addresses = (endpoints ?? []).flatMap((endpoint, which) =>
    (endpoint.addresses ?? []).flatMap((ip, index) => ipWarnings(ip, `endpoints[${which}].addresses[${index}]`)),
  );
  return [...deprecated, ...addresses];
}

export const endpointSlice = defineKind<EndpointSlice>({
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  scope: 'Namespaced',
  support: 'acted-on',
  generation: { raisedBy: ['content', 'labels'], asGiven: true },
  columns: [
    nameColumn,
    column<EndpointSlice>('AddressType', 'IPv4, IPv6 or FQDN.', ({ addressType }) => addressType ?? ''),
    column<EndpointSlice>('Ports', 'Ports of the endpoints.', ({ ports }) =>
      listWithMore(
        (ports ?? []).map(({ port, name }) => String(port ?? name ?? '*')),
        SHOWN,
      ),
    ),
    column<EndpointSlice>('Endpoints', 'Addresses of the endpoints.', ({ endpoints }) =>
      listWithMore(
        (endpoints ?? []).flatMap(({ addresses }) => addresses ?? []),
        SHOWN,
      ),
    ),
    ageColumn,
  ],
  strategy: {
    prepareForCreate: dropTopology,
    prepareForUpdate: dropTopology,
    validate: validateEndpointSlice,
    validateUpdate: validateEndpointSliceUpdate,
    warnings,
    applyDefaults({ ports, endpoints }) {
      for (const endpoint of endpoints ?? []) endpoint.conditions ??= {};
      for (const port of ports ?? []) {
        port.name ??= '';
        port.protocol ??= 'TCP';
      }
    },
  },
});
