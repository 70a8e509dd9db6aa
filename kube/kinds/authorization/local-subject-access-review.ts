import { NAME_AND_CREATED_AT } from '../columns/column.ts';
import { defineKind } from '../define.ts';

export const localSubjectAccessReview = defineKind({
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'LocalSubjectAccessReview',
  plural: 'localsubjectaccessreviews',
  scope: 'Namespaced',
  verbs: ['create'],
  support: 'acted-on',
  columns: NAME_AND_CREATED_AT,
});
