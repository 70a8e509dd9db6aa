import { sameJson } from '../../machinery/equality.ts';
import type { CSIDriver } from '../../types.ts';
import { ageColumn, column, nameColumn } from '../columns/column.ts';
import { NONE, UNSET } from '../columns/text.ts';
import { defineKind } from '../define.ts';

const BOOLEAN = { type: 'boolean' } as const;

export const csiDriver = defineKind<CSIDriver>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIDriver',
  plural: 'csidrivers',
  scope: 'Cluster',
  support: 'stored',
  generation: { initial: 0 },
  allowUnconditionalUpdate: false,
  returnDeletedObject: true,
  columns: [
    nameColumn,
    column<CSIDriver>(
      'AttachRequired',
      'Whether volumes have to be attached.',
      ({ spec }) => spec?.attachRequired ?? true,
      BOOLEAN,
    ),
    column<CSIDriver>(
      'PodInfoOnMount',
      'Whether it is told of the pod.',
      ({ spec }) => spec?.podInfoOnMount ?? false,
      BOOLEAN,
    ),
    column<CSIDriver>(
      'StorageCapacity',
      'Whether capacity is looked at.',
      ({ spec }) => spec?.storageCapacity ?? false,
      BOOLEAN,
    ),
    column<CSIDriver>('TokenRequests', 'Audiences of the tokens it is given.', ({ spec }) =>
      spec?.tokenRequests ? spec.tokenRequests.map(({ audience }) => audience).join(',') : UNSET,
    ),
    column<CSIDriver>(
      'RequiresRepublish',
      'Whether it is called again and again.',
      ({ spec }) => spec?.requiresRepublish ?? false,
      BOOLEAN,
    ),
    column<CSIDriver>(
      'Modes',
      'Life cycles of volumes it supports.',
      ({ spec }) => (spec?.volumeLifecycleModes ?? []).join(',') || NONE,
    ),
    ageColumn,
  ],
  strategy: {
    warnings: ({ spec }, old) =>
      spec?.tokenRequests?.length &&
      spec.serviceAccountTokenInSecrets === undefined &&
      !sameJson(spec.tokenRequests, old?.spec?.tokenRequests)
        ? [
            'spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true to prevent possible logging of tokens in volume attributes',
          ]
        : [],
    applyDefaults({ spec }) {
      if (!spec) return;
      spec.attachRequired ??= true;
      spec.podInfoOnMount ??= false;
      spec.storageCapacity ??= false;
      spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType';
      if (!spec.volumeLifecycleModes?.length) spec.volumeLifecycleModes = ['Persistent'];
      spec.requiresRepublish ??= false;
      spec.seLinuxMount ??= false;
    },
  },
});
