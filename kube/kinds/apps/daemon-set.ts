import type { DaemonSet } from '../../types.ts';
import { ageColumn, column, countColumn, nameColumn } from '../columns/column.ts';
import { containerColumns, selectorColumn } from '../columns/containers.ts';
import { formatLabels } from '../columns/text.ts';
import { applyPodSpecDefaults } from '../core/pod-spec/defaults.ts';
import { defineKind } from '../define.ts';

function applyDefaults({ spec }: DaemonSet): void {
  if (!spec) return;
  spec.updateStrategy ??= {};
  spec.updateStrategy.type ||= 'RollingUpdate';
  if (spec.updateStrategy.type === 'RollingUpdate') {
    spec.updateStrategy.rollingUpdate ??= {};
    spec.updateStrategy.rollingUpdate.maxUnavailable ??= 1;
    spec.updateStrategy.rollingUpdate.maxSurge ??= 0;
  }
  spec.revisionHistoryLimit ??= 10;
  if (spec.template?.spec) applyPodSpecDefaults(spec.template.spec);
}

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
  strategy: { applyDefaults },
});
