import { NAME_AND_CREATED_AT } from '../columns/column.ts';
import { defineKind } from '../define.ts';

export const subjectAccessReview = defineKind({
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SubjectAccessReview',
  plural: 'subjectaccessreviews',
  scope: 'Cluster',
  verbs: ['create'],
  support: 'acted-on',
  columns: NAME_AND_CREATED_AT,
});
