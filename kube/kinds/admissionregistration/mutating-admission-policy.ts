import type { MutatingAdmissionPolicy } from '../../types.ts';
import { ageColumn, countColumn, nameColumn } from '../columns/column.ts';
import { defineKind } from '../define.ts';
import { paramKindColumn } from './columns.ts';
import { defaultMatchResources } from './policies/match-resources.ts';
import { validateMutatingPolicy } from './policies/validate-mutating.ts';

export const mutatingAdmissionPolicy = defineKind<MutatingAdmissionPolicy>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingAdmissionPolicy',
  plural: 'mutatingadmissionpolicies',
  categories: ['api-extensions'],
  scope: 'Cluster',
  storageVersion: 'v1beta1',
  support: 'acted-on',
  freeFinalizers: true,
  generation: true,
  allowUnconditionalUpdate: false,
  columns: [
    nameColumn,
    countColumn<MutatingAdmissionPolicy>(
      'Mutations',
      'How many mutations it has.',
      ({ spec }) => spec?.mutations?.length,
    ),
    paramKindColumn,
    ageColumn,
  ],
  strategy: {
    applyDefaults({ spec }) {
      if (!spec) return;
      spec.failurePolicy ??= 'Fail';
      defaultMatchResources(spec.matchConstraints);
    },
    validate: validateMutatingPolicy,
  },
});
