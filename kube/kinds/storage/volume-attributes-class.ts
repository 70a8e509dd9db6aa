import type { VolumeAttributesClass } from '../../types.ts';
import { ageColumn, column, nameColumn } from '../columns/column.ts';
import { defineKind } from '../define.ts';

export const volumeAttributesClass = defineKind<VolumeAttributesClass>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttributesClass',
  plural: 'volumeattributesclasses',
  shortNames: ['vac'],
  scope: 'Cluster',
  support: 'stored',
  returnDeletedObject: true,
  columns: [
    nameColumn,
    column<VolumeAttributesClass>('DriverName', 'CSI driver it is for.', ({ driverName }) => driverName ?? ''),
    ageColumn,
  ],
});
