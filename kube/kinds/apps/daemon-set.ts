import type { DaemonSet } from '../../types.ts';
import { ageColumn, column, countColumn, nameColumn } from '../columns/column.ts';
import { containerColumns, selectorColumn } from '../columns/containers.ts';
import { formatLabels } from '../columns/text.ts';
import { defineKind } from '../define.ts';

export const daemonSet = defineKind<DaemonSet>({
  group: 'apps',
  version: 'v1',
  kind: 'DaemonSet',
  plural: 'daemonsets',
  shortNames: ['ds'],
  categories: ['all'],
  scope: 'Namespaced',
  support: 'stored',
  columns: [
    nameColumn,
    countColumn<DaemonSet>(
      'Desired',
      'How many nodes should run the pod.',
      ({ status }) => status?.desiredNumberScheduled,
    ),
    countColumn<DaemonSet>('Current', 'How many of them do.', ({ status }) => status?.currentNumberScheduled),
    countColumn<DaemonSet>('Ready', 'On how many it is ready.', ({ status }) => status?.numberReady),
    countColumn<DaemonSet>(
      'Up-to-date',
      'On how many it is of the latest template.',
      ({ status }) => status?.updatedNumberScheduled,
    ),
    countColumn<DaemonSet>('Available', 'On how many it is available.', ({ status }) => status?.numberAvailable),
    column<DaemonSet>('Node Selector', 'Which nodes run the pod.', ({ spec }) =>
      formatLabels(spec?.template?.spec?.nodeSelector),
    ),
    ageColumn,
    ...containerColumns<DaemonSet>(({ spec }) => spec?.template?.spec?.containers),
    selectorColumn<DaemonSet>(({ spec }) => spec?.selector),
  ],
  subresources: { status: true },
});
