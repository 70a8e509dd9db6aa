import type { ValidatingAdmissionPolicy } from '../../types.ts';
import { ageColumn, countColumn, nameColumn } from '../columns/column.ts';
import { defineKind, STATUS_RESETS_METADATA } from '../define.ts';
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
  strategy: {
    applyDefaults({ spec }) {
      if (!spec) return;
      spec.failurePolicy ??= 'Fail';
      defaultMatchResources(spec.matchConstraints);
    },
    validate: validatePolicy,
  },
});
