import type { PriorityClass } from '../../types.ts';
import { ageColumn, column, countColumn, nameColumn } from '../columns/column.ts';
import { defineKind } from '../define.ts';

export const priorityClass = defineKind<PriorityClass>({
  group: 'scheduling.k8s.io',
  version: 'v1',
  kind: 'PriorityClass',
  plural: 'priorityclasses',
  shortNames: ['pc'],
  scope: 'Cluster',
  support: 'stored',
  columns: [
    nameColumn,
    countColumn<PriorityClass>('Value', 'Priority of its pods.', ({ value }) => value),
    column<PriorityClass>(
      'Global-Default',
      'Whether pods that name no class are of this one.',
      ({ globalDefault }) => globalDefault ?? false,
      {
        type: 'boolean',
      },
    ),
    ageColumn,
    column<PriorityClass>(
      'PreemptionPolicy',
      'Whether its pods displace others.',
      ({ preemptionPolicy }) => preemptionPolicy ?? '',
    ),
  ],
  strategy: {
    applyDefaults(priorityClass) {
      priorityClass.preemptionPolicy ??= 'PreemptLowerPriority';
    },
  },
});
