import type { APIService } from '../../types.ts';
import { ageColumn, column, nameColumn } from '../columns/column.ts';
import { defineKind, STATUS_RESETS_METADATA } from '../define.ts';

function service({ spec }: APIService): string {
  return spec?.service ? `${spec.service.namespace}/${spec.service.name}` : 'Local';
}

function available({ status }: APIService): string {
  const condition = status?.conditions?.find(({ type }) => type === 'Available');
  if (!condition) return 'Unknown';
  return condition.status === 'True' ? 'True' : `${condition.status} (${condition.reason ?? ''})`;
}

export const apiService = defineKind<APIService>({
  group: 'apiregistration.k8s.io',
  version: 'v1',
  kind: 'APIService',
  plural: 'apiservices',
  categories: ['api-extensions'],
  scope: 'Cluster',
  nameRule: 'path-segment',
  support: 'refused',
  allowUnconditionalUpdate: false,
  columns: [
    nameColumn,
    column('Service', 'Who serves the API.', service),
    column('Available', 'Whether it is served.', available),
    ageColumn,
  ],
  resetFields: STATUS_RESETS_METADATA,
  subresources: { status: true },
});
