import type { MutatingAdmissionPolicyBinding } from '../../types.ts';
import { defineKind } from '../define.ts';
import { policyBindingColumns } from './columns.ts';
import { defaultMatchResources } from './policies/match-resources.ts';
import { validateMutatingBinding } from './policies/validate-mutating.ts';

export const mutatingAdmissionPolicyBinding = defineKind<MutatingAdmissionPolicyBinding>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingAdmissionPolicyBinding',
  plural: 'mutatingadmissionpolicybindings',
  categories: ['api-extensions'],
  scope: 'Cluster',
  storageVersion: 'v1beta1',
  support: 'acted-on',
  freeFinalizers: true,
  generation: true,
  allowUnconditionalUpdate: false,
  columns: policyBindingColumns,
  strategy: {
    applyDefaults: ({ spec }) => defaultMatchResources(spec?.matchResources),
    validate: validateMutatingBinding,
  },
});
