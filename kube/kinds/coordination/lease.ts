import type { Lease } from '../../types.ts';
import { ageColumn, column, nameColumn } from '../columns/column.ts';
import { defineKind } from '../define.ts';

export const lease = defineKind<Lease>({
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  scope: 'Namespaced',
  support: 'acted-on',
  columns: [
    nameColumn,
    column<Lease>('Holder', 'Who holds the lease.', ({ spec }) => spec?.holderIdentity ?? ''),
    ageColumn,
  ],
  strategy: {
    applyDefaults(lease) {
      lease.spec ??= {};
    },
  },
});
