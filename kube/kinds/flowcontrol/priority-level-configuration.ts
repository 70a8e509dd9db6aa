import type { PriorityLevelConfiguration } from '../../types.ts';
import { ageColumn, column, nameColumn } from '../columns/column.ts';
import { NONE } from '../columns/text.ts';
import { defineKind, STATUS_RESETS_METADATA } from '../define.ts';
import { WHOLE_METADATA } from '../metadata-policy.ts';
import { validateConditions } from './flow-schema-validation.ts';
import { validatePriorityLevel } from './priority-level-validation.ts';

type PLC = PriorityLevelConfiguration;

const queuing = ({ spec }: PLC) => spec?.limited?.limitResponse?.queuing;

export const priorityLevelConfiguration = defineKind<PLC>({
  group: 'flowcontrol.apiserver.k8s.io',
  version: 'v1',
  kind: 'PriorityLevelConfiguration',
  plural: 'prioritylevelconfigurations',
  scope: 'Cluster',
  support: 'acted-on',
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
  statusKeeps: WHOLE_METADATA,
  strategy: {
    applyDefaults({ spec }) {
      if (!spec) return;
      const { limited, exempt } = spec;
      if (exempt) {
        exempt.nominalConcurrencyShares ??= 0;
        exempt.lendablePercent ??= 0;
      }
      if (!limited) return;
      limited.nominalConcurrencyShares ??= 30;
      limited.lendablePercent ??= 0;
      const queuing = limited.limitResponse?.queuing;
      if (!queuing) return;
      queuing.handSize ||= 8;
      queuing.queues ||= 64;
      queuing.queueLengthLimit ||= 50;
    },
    validate: validatePriorityLevel,
    validateStatusUpdate: ({ status }) => validateConditions(status?.conditions, 'status.conditions'),
  },
});
