import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import type { PodDisruptionBudget } from '../../types.ts';
import { ageColumn, column, countColumn, nameColumn } from '../columns/column.ts';
import { defineKind } from '../define.ts';
import { withStatus } from '../initial-status.ts';
import { validateConditions } from '../validation/conditions.ts';
import { validateEnum } from '../validation/fields.ts';
import { validateAtMost100Percent, validateIntOrPercent } from '../validation/int-or-percent.ts';
import { validateLabelSelector } from '../validation/labels.ts';
import { validateNoneNegative } from '../validation/workloads.ts';

type PDB = PodDisruptionBudget;

export const podDisruptionBudget = defineKind<PDB>({
  group: 'policy',
  version: 'v1',
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
  shortNames: ['pdb'],
  scope: 'Namespaced',
  // Upstream has no rule of its own.
  nameRule: 'path-segment',
  support: 'acted-on',
  freeFinalizers: true,
  metadataLast: true,
  generation: true,
  allowUnconditionalUpdate: false,
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
    validate({ spec = {} }) {
      const errors: FieldError[] = [];
      if (spec.minAvailable !== undefined && spec.maxUnavailable !== undefined) {
        const detail = 'minAvailable and maxUnavailable cannot be both set';
        errors.push(fieldError.invalid('spec', spec, detail));
      }
      for (const name of ['minAvailable', 'maxUnavailable'] as const) {
        errors.push(...validateIntOrPercent(spec[name], `spec.${name}`));
        errors.push(...validateAtMost100Percent(spec[name], `spec.${name}`));
      }
      errors.push(...validateLabelSelector(spec.selector, 'spec.selector'));
      if (spec.unhealthyPodEvictionPolicy !== undefined) {
        const policies = ['AlwaysAllow', 'IfHealthyBudget'];
        errors.push(...validateEnum(spec.unhealthyPodEvictionPolicy, policies, 'spec.unhealthyPodEvictionPolicy'));
      }
      return errors;
    },
    validateStatusUpdate: ({ status }) => [
      ...validateConditions(status?.conditions, 'status.conditions'),
      ...validateNoneNegative(status, ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods']),
    ],
    prepareForCreate: withStatus({ disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 }),
  },
});
