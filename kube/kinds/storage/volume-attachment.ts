import type { VolumeAttachment } from '../../types.ts';
import { ageColumn, column, nameColumn } from '../columns/column.ts';
import { defineKind } from '../define.ts';

export const volumeAttachment = defineKind<VolumeAttachment>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttachment',
  plural: 'volumeattachments',
  scope: 'Cluster',
  support: 'stored',
  allowUnconditionalUpdate: false,
  returnDeletedObject: true,
  columns: [
    nameColumn,
    column<VolumeAttachment>('Attacher', 'CSI driver that attaches it.', ({ spec }) => spec?.attacher ?? '', {
      format: 'name',
    }),
    column<VolumeAttachment>('PV', 'Volume that is attached.', ({ spec }) => spec?.source?.persistentVolumeName ?? ''),
    column<VolumeAttachment>('Node', 'Node it is attached to.', ({ spec }) => spec?.nodeName ?? ''),
    column<VolumeAttachment>('Attached', 'Whether it is attached.', ({ status }) => status?.attached ?? false, {
      type: 'boolean',
    }),
    ageColumn,
  ],
  subresources: { status: true },
});
