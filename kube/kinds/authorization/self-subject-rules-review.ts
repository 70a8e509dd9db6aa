import { NAME_AND_CREATED_AT } from '../columns/column.ts';
import { defineKind } from '../define.ts';

export const selfSubjectRulesReview = defineKind({
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectRulesReview',
  plural: 'selfsubjectrulesreviews',
  scope: 'Cluster',
  verbs: ['create'],
  support: 'acted-on',
  columns: NAME_AND_CREATED_AT,
});
