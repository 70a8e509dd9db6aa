import type { Service } from '../../types.ts';
import { ageColumn, column, nameColumn } from '../columns/column.ts';
import { loadBalancerText } from '../columns/load-balancer.ts';
import { formatLabels, NONE, UNKNOWN } from '../columns/text.ts';
import { defineKind } from '../define.ts';
import { serviceStrategy } from './service-strategy.ts';
import { withoutUnusedPolicy } from './service-types.ts';

function externalIP({ spec, status }: Service): string {
  const own = spec?.externalIPs ?? [];
  switch (spec?.type) {
    case 'ClusterIP':
    case 'NodePort':
      return own.join(',') || NONE;
    case 'LoadBalancer':
      return [loadBalancerText(status?.loadBalancer), ...own].filter(Boolean).join(',') || '<pending>';
    case 'ExternalName':
      return spec.externalName ?? '';
    default:
      return UNKNOWN;
  }
}

function ports({ spec }: Service): string {
  const texts = (spec?.ports ?? []).map(({ port, nodePort, protocol }) =>
    nodePort ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`,
  );
  return texts.join(',') || NONE;
}

export const service = defineKind<Service>({
  group: '',
  version: 'v1',
  kind: 'Service',
  plural: 'services',
  shortNames: ['svc'],
  categories: ['all'],
  scope: 'Namespaced',
  nameRule: 'dns-label',
  support: 'acted-on',
  generateNameRule: 'create',
  allowCreateOnUpdate: true,
  returnDeletedObject: true,
  shownText: withoutUnusedPolicy,
  columns: [
    nameColumn,
    column<Service>('Type', 'How the service is exposed.', ({ spec }) => spec?.type ?? ''),
    column<Service>('Cluster-IP', 'Its address inside the cluster.', ({ spec }) => spec?.clusterIPs?.[0] || NONE),
    column('External-IP', 'Its addresses outside the cluster.', externalIP),
    column('Port(s)', 'Its ports.', ports),
    ageColumn,
    column<Service>('Selector', 'Which pods stand behind it.', ({ spec }) => formatLabels(spec?.selector), {
      wide: true,
    }),
  ],
  subresources: {
    status: true,
    others: { proxy: { kind: 'ServiceProxyOptions', verbs: ['create', 'delete', 'get', 'patch', 'update'] } },
  },
  selectableFields: {
    'spec.clusterIP': ({ spec }) => spec?.clusterIP ?? '',
    'spec.type': ({ spec }) => spec?.type ?? '',
  },
  strategy: serviceStrategy,
});
