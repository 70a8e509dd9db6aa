import type { ServiceCIDR } from '../../types.ts';
import { ageColumn, column, nameColumn } from '../columns/column.ts';
import { defineKind } from '../define.ts';

export const serviceCIDR = defineKind<ServiceCIDR>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'ServiceCIDR',
  plural: 'servicecidrs',
  scope: 'Cluster',
  support: 'stored',
  columns: [
    nameColumn,
    column<ServiceCIDR>('CIDRs', 'Ranges that addresses of services come from.', ({ spec }) =>
      (spec?.cidrs ?? []).join(','),
    ),
    ageColumn,
  ],
  subresources: { status: true },
});
