import type { PodDisruptionBudget } from '../../types.ts';
import { ageColumn, column, countColumn, nameColumn } from '../columns/column.ts';
import { defineKind } from '../define.ts';
import { withStatus } from '../initial-status.ts';

type PDB = PodDisruptionBudget;

export const podDisruptionBudget = defineKind<PDB>({
  group: 'policy',
  version: 'v1',
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
  shortNames: ['pdb'],
  scope: 'Namespaced',
  support: 'stored',
  columns: [
    nameColumn,
    column<PDB>('Min Available', 'How many pods must stay available.', ({ spec }) =>
      String(spec?.minAvailable ?? 'N/A'),
    ),
    column<PDB>('Max Unavailable', 'How many pods may be unavailable.', ({ spec }) =>
      String(spec?.maxUnavailable ?? 'N/A'),
    ),
    countColumn<PDB>(
      'Allowed Disruptions',
      'How many pods may be disrupted now.',
      ({ status }) => status?.disruptionsAllowed,
    ),
    ageColumn,
  ],
  subresources: { status: true },
  strategy: {
    prepareForCreate: withStatus({ disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 }),
  },
});
