import type { ValidatingAdmissionPolicyBinding } from '../../types.ts';
import { defineKind } from '../define.ts';
import { policyBindingColumns } from './columns.ts';
import { defaultMatchResources } from './policies/match-resources.ts';
import { validateBinding } from './policies/validate-binding.ts';

export const validatingAdmissionPolicyBinding = defineKind<ValidatingAdmissionPolicyBinding>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  plural: 'validatingadmissionpolicybindings',
  categories: ['api-extensions'],
  scope: 'Cluster',
  support: 'acted-on',
  freeFinalizers: true,
  generation: true,
  allowUnconditionalUpdate: false,
  columns: policyBindingColumns,
  strategy: {
    applyDefaults: ({ spec }) => defaultMatchResources(spec?.matchResources),
    validate: validateBinding,
  },
});
