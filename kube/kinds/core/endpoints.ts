import { joinHostPort } from '../../machinery/join-host-port.ts';
import type { Endpoints } from '../../types.ts';
import { ageColumn, column, nameColumn } from '../columns/column.ts';
import { NONE } from '../columns/text.ts';
import { defineKind } from '../define.ts';
import { ipWarnings } from '../validation/ip.ts';
import { validateEndpoints } from './endpoints-validation.ts';

const SHOWN = 3;

/** `formatEndpoints` */
function endpointsText({ subsets = [] }: Endpoints): string {
  if (subsets.length === 0) return NONE;
  const all = subsets.flatMap(({ ports, addresses = [] }) =>
    ports && ports.length > 0
      ? ports.flatMap(({ port }) => addresses.map(({ ip }) => joinHostPort(ip, port)))
      : addresses.map(({ ip }) => ip),
  );
  const text = all.slice(0, SHOWN).join(',');
  return all.length > SHOWN ? `${text} + ${all.length - SHOWN} more...` : text;
}

/** The controller writes its addresses in their usual form (`endpointsWarnings`). */
function warnings({ metadata, subsets }: Endpoints): string[] {
  if (metadata.labels?.['endpoints.kubernetes.io/managed-by'] === 'endpoint-controller') return [];
  return (subsets ?? []).flatMap((subset, which) =>
    (['addresses', 'notReadyAddresses'] as const).flatMap((list) =>
      (subset[list] ?? []).flatMap(({ ip }, index) => ipWarnings(ip, `subsets[${which}].${list}[${index}].ip`)),
    ),
  );
}

export const endpoints = defineKind<Endpoints>({
  group: '',
  version: 'v1',
  kind: 'Endpoints',
  plural: 'endpoints',
  shortNames: ['ep'],
  scope: 'Namespaced',
  support: 'acted-on',
  allowCreateOnUpdate: true,
  deprecationWarning: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  columns: [nameColumn, column('Endpoints', 'Addresses and ports of the endpoints.', endpointsText), ageColumn],
  strategy: {
    applyDefaults({ subsets }) {
      for (const { ports } of subsets ?? []) for (const port of ports ?? []) port.protocol ||= 'TCP';
    },
    validate: validateEndpoints,
    warnings,
  },
});
