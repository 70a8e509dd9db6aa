import { sameJson } from '../../machinery/equality.ts';
import { fieldError } from '../../machinery/field-error.ts';
import type { VolumeAttributesClass } from '../../types.ts';
import { ageColumn, column, nameColumn } from '../columns/column.ts';
import { defineKind } from '../define.ts';
import { validateParameters, validateProvisioner } from './parameters.ts';

export const volumeAttributesClass = defineKind<VolumeAttributesClass>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttributesClass',
  plural: 'volumeattributesclasses',
  shortNames: ['vac'],
  scope: 'Cluster',
  support: 'acted-on',
  returnDeletedObject: true,
  columns: [
    nameColumn,
    column<VolumeAttributesClass>('DriverName', 'CSI driver it is for.', ({ driverName }) => driverName ?? ''),
    ageColumn,
  ],
  strategy: {
    validate: ({ driverName, parameters }) => [
      ...validateProvisioner(driverName, 'driverName'),
      ...validateParameters(parameters, true),
    ],
    changesFirst: true,
    validateUpdate: (next, old) => [
      ...(next.driverName === old.driverName
        ? []
        : [fieldError.forbidden('driverName', 'updates to driverName are forbidden.')]),
      ...(sameJson(next.parameters, old.parameters)
        ? []
        : [fieldError.forbidden('parameters', 'updates to parameters are forbidden.')]),
    ],
  },
});
