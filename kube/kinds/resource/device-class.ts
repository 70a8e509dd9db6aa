import { NAME_AND_AGE } from '../columns/column.ts';
import { defineKind } from '../define.ts';

export const deviceClass = defineKind({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'DeviceClass',
  plural: 'deviceclasses',
  scope: 'Cluster',
  support: 'stored',
  generation: true,
  returnDeletedObject: true,
  columns: NAME_AND_AGE,
});
