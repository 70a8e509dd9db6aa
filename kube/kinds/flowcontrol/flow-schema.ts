import type { FlowSchema } from '../../types.ts';
import { ageColumn, column, countColumn, nameColumn } from '../columns/column.ts';
import { NONE } from '../columns/text.ts';
import { defineKind, STATUS_RESETS_METADATA } from '../define.ts';
import { WHOLE_METADATA } from '../metadata-policy.ts';
import { validateConditions, validateFlowSchema } from './flow-schema-validation.ts';

export const flowSchema = defineKind<FlowSchema>({
  group: 'flowcontrol.apiserver.k8s.io',
  version: 'v1',
  kind: 'FlowSchema',
  plural: 'flowschemas',
  scope: 'Cluster',
  support: 'acted-on',
  generation: true,
  columns: [
    nameColumn,
    column<FlowSchema>(
      'PriorityLevel',
      'Priority level of its requests.',
      ({ spec }) => spec?.priorityLevelConfiguration?.name ?? '',
    ),
    countColumn<FlowSchema>(
      'MatchingPrecedence',
      'Lower ones are looked at first.',
      ({ spec }) => spec?.matchingPrecedence,
      { type: 'string' },
    ),
    column<FlowSchema>(
      'DistinguisherMethod',
      'How flows are told apart.',
      ({ spec }) => spec?.distinguisherMethod?.type ?? NONE,
    ),
    ageColumn,
    column<FlowSchema>(
      'MissingPL',
      'Whether its priority level is missing.',
      ({ status }) => status?.conditions?.find(({ type }) => type === 'Dangling')?.status ?? '?',
    ),
  ],
  resetFields: STATUS_RESETS_METADATA,
  subresources: { status: true },
  statusKeeps: WHOLE_METADATA,
  strategy: {
    applyDefaults({ spec }) {
      if (spec) spec.matchingPrecedence ||= 1000;
    },
    // `printFlowSchemaList`: in the order in which they are matched.
    compareRows: (a, b) =>
      (a.spec?.matchingPrecedence ?? 0) - (b.spec?.matchingPrecedence ?? 0) ||
      ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1),
    validate: validateFlowSchema,
    validateStatusUpdate: ({ status }) => validateConditions(status?.conditions, 'status.conditions'),
  },
});
