import { defineKind } from '../define.ts';
import { policyBindingColumns } from './columns.ts';

export const validatingAdmissionPolicyBinding = defineKind({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  plural: 'validatingadmissionpolicybindings',
  categories: ['api-extensions'],
  scope: 'Cluster',
  support: 'refused',
  generation: true,
  allowUnconditionalUpdate: false,
  columns: policyBindingColumns,
});
