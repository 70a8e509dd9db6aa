import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import type { ValidatingAdmissionPolicy } from '../../types.ts';
import { ageColumn, countColumn, nameColumn } from '../columns/column.ts';
import { defineKind, STATUS_RESETS_METADATA } from '../define.ts';
import { ALL_METADATA } from '../metadata-policy.ts';
import { validateConditions } from '../validation/conditions.ts';
import { paramKindColumn } from './columns.ts';
import { defaultMatchResources } from './policies/match-resources.ts';
import { validatePolicy } from './policies/validate-policy.ts';

export const validatingAdmissionPolicy = defineKind<ValidatingAdmissionPolicy>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingAdmissionPolicy',
  plural: 'validatingadmissionpolicies',
  categories: ['api-extensions'],
  scope: 'Cluster',
  support: 'acted-on',
  freeFinalizers: true,
  generation: true,
  allowUnconditionalUpdate: false,
  statusApplyCreates: true,
  columns: [
    nameColumn,
    countColumn<ValidatingAdmissionPolicy>(
      'Validations',
      'How many validations it has.',
      ({ spec }) => spec?.validations?.length,
    ),
    paramKindColumn,
    ageColumn,
  ],
  resetFields: STATUS_RESETS_METADATA,
  subresources: { status: true },
  statusKeeps: ALL_METADATA,
  strategy: {
    applyDefaults({ spec }) {
      if (!spec) return;
      spec.failurePolicy ??= 'Fail';
      defaultMatchResources(spec.matchConstraints);
    },
    validate: validatePolicy,
    validateStatusUpdate: ({ status }) => [
      ...(status?.typeChecking?.expressionWarnings ?? []).flatMap(validateWarning),
      ...validateConditions(status?.conditions, 'status.conditions'),
    ],
  },
});

function validateWarning({ warning, fieldRef }: { warning?: string; fieldRef?: string }, index: number): FieldError[] {
  const field = `status.typeChecking.expressionWarnings[${index}]`;
  return [
    ...(warning ? [] : [fieldError.required(`${field}.warning`)]),
    ...(fieldRef ? [] : [fieldError.required(`${field}.fieldRef`)]),
  ];
}
