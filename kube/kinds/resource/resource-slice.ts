import type { ResourceSlice } from '../../types.ts';
import { ageColumn, column, nameColumn } from '../columns/column.ts';
import { defineKind } from '../define.ts';
import { validateResourceSlice } from './slice-validation.ts';

export const resourceSlice = defineKind<ResourceSlice>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceSlice',
  plural: 'resourceslices',
  scope: 'Cluster',
  support: 'acted-on',
  generateNameRule: 'create',
  generation: { asGiven: true },
  returnDeletedObject: true,
  columns: [
    nameColumn,
    column<ResourceSlice>('Node', 'Node that has the devices.', ({ spec }) => spec?.nodeName ?? ''),
    column<ResourceSlice>('Driver', 'Driver of the devices.', ({ spec }) => spec?.driver ?? ''),
    column<ResourceSlice>('Pool', 'Pool they belong to.', ({ spec }) => spec?.pool?.name ?? ''),
    ageColumn,
  ],
  unknownField: (field) => `field label not supported for resource.k8s.io/v1, Kind=ResourceSlice: ${field}`,
  selectableFields: {
    'spec.nodeName': ({ spec }) => spec?.nodeName ?? '',
    'spec.driver': ({ spec }) => spec?.driver ?? '',
  },
  strategy: {
    prepareForCreate: (slice, { now }) => dateTaints(slice, now),
    prepareForUpdate: (slice, _, by) => dateTaints(slice, by?.now),
    validate: validateResourceSlice,
    warnings({ spec: { driver = '' } = {} }) {
      if (driver === driver.toLowerCase()) return [];
      const uppercase = `${JSON.stringify(driver)} contains uppercase characters`;
      return [`spec.driver: driver names should be lowercase; ${uppercase}`];
    },
  },
});

function dateTaints({ spec }: ResourceSlice, now: string | undefined): void {
  for (const { taints = [] } of spec?.devices ?? []) {
    for (const taint of taints as { timeAdded?: string }[]) taint.timeAdded ??= now;
  }
}
