import { NAME_AND_CREATED_AT } from '../columns/column.ts';
import { defineKind } from '../define.ts';

export const selfSubjectAccessReview = defineKind({
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectAccessReview',
  plural: 'selfsubjectaccessreviews',
  scope: 'Cluster',
  verbs: ['create'],
  support: 'acted-on',
  columns: NAME_AND_CREATED_AT,
});
