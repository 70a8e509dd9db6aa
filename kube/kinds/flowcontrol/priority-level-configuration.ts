import type { PriorityLevelConfiguration } from '../../types.ts';
import { ageColumn, column, nameColumn } from '../columns/column.ts';
import { NONE } from '../columns/text.ts';
import { defineKind, STATUS_RESETS_METADATA } from '../define.ts';

type PLC = PriorityLevelConfiguration;

const queuing = ({ spec }: PLC) => spec?.limited?.limitResponse?.queuing;

export const priorityLevelConfiguration = defineKind<PLC>({
  group: 'flowcontrol.apiserver.k8s.io',
  version: 'v1',
  kind: 'PriorityLevelConfiguration',
  plural: 'prioritylevelconfigurations',
  scope: 'Cluster',
  support: 'refused',
  generation: true,
  columns: [
    nameColumn,
    column<PLC>('Type', 'Limited or Exempt.', ({ spec }) => spec?.type ?? ''),
    column<PLC>('NominalConcurrencyShares', 'Its share of seats.', ({ spec }) =>
      spec?.limited ? (spec.limited.nominalConcurrencyShares ?? 0) : NONE,
    ),
    column<PLC>('Queues', 'How many queues it has.', (level) => queuing(level)?.queues ?? NONE),
    column<PLC>('HandSize', 'How many queues a flow may use.', (level) => queuing(level)?.handSize ?? NONE),
    column<PLC>(
      'QueueLengthLimit',
      'How many requests a queue holds.',
      (level) => queuing(level)?.queueLengthLimit ?? NONE,
    ),
    ageColumn,
  ],
  resetFields: STATUS_RESETS_METADATA,
  subresources: { status: true },
});
