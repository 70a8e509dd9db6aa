import type { ResourceQuota } from '../../../types.ts';
import { ageColumn, column, nameColumn } from '../../columns/column.ts';
import { defineKind } from '../../define.ts';

function usage({ status }: ResourceQuota, limits: boolean): string {
  return Object.keys(status?.hard ?? {})
    .filter((resource) => resource.startsWith('limits.') === limits)
    .sort()
    .map((resource) => `${resource}: ${status?.used?.[resource] ?? '0'}/${status?.hard?.[resource]}`)
    .join(', ');
}

export const resourceQuota = defineKind<ResourceQuota>({
  group: '',
  version: 'v1',
  kind: 'ResourceQuota',
  plural: 'resourcequotas',
  shortNames: ['quota'],
  scope: 'Namespaced',
  support: 'refused',
  returnDeletedObject: true,
  columns: [
    nameColumn,
    column<ResourceQuota>('Request', 'What may be requested, and what is.', (quota) => usage(quota, false)),
    column<ResourceQuota>('Limit', 'What limits may add up to, and do.', (quota) => usage(quota, true)),
    ageColumn,
  ],
  subresources: { status: true },
});
