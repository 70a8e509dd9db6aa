import type { ConfigMap } from '../../types.ts';
import { ageColumn, countColumn, nameColumn } from '../columns/column.ts';
import { defineKind } from '../define.ts';
import { configMapStrategy } from './config-map-strategy.ts';

export const configMap = defineKind<ConfigMap>({
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  shortNames: ['cm'],
  scope: 'Namespaced',
  support: 'acted-on',
  columns: [
    nameColumn,
    countColumn<ConfigMap>(
      'Data',
      'How many entries it has.',
      ({ data, binaryData }) => Object.keys(data ?? {}).length + Object.keys(binaryData ?? {}).length,
      { type: 'string' },
    ),
    ageColumn,
  ],
  strategy: configMapStrategy,
});
