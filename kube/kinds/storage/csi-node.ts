import type { CSINode } from '../../types.ts';
import { ageColumn, countColumn, nameColumn } from '../columns/column.ts';
import { defineKind } from '../define.ts';

export const csiNode = defineKind<CSINode>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSINode',
  plural: 'csinodes',
  scope: 'Cluster',
  support: 'stored',
  allowUnconditionalUpdate: false,
  returnDeletedObject: true,
  columns: [
    nameColumn,
    countColumn<CSINode>('Drivers', 'How many CSI drivers run on the node.', ({ spec }) => spec?.drivers?.length),
    ageColumn,
  ],
});
