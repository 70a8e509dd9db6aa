import { defineKind } from '../define.ts';
import { policyBindingColumns } from './columns.ts';

export const mutatingAdmissionPolicyBinding = defineKind({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingAdmissionPolicyBinding',
  plural: 'mutatingadmissionpolicybindings',
  categories: ['api-extensions'],
  scope: 'Cluster',
  support: 'refused',
  generation: true,
  allowUnconditionalUpdate: false,
  columns: policyBindingColumns,
});
