import type { ClusterRole } from '../../types.ts';
import { NAME_AND_CREATED_AT } from '../columns/column.ts';
import { defineKind } from '../define.ts';
import { prepareRole, validateAggregation, validateRules } from './rule-validation.ts';

export const clusterRole = defineKind<ClusterRole>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRole',
  plural: 'clusterroles',
  scope: 'Cluster',
  nameRule: 'path-segment',
  support: 'acted-on',
  allowCreateOnUpdate: true,
  columns: NAME_AND_CREATED_AT,
  strategy: {
    prepareForCreate: prepareRole,
    prepareForUpdate: prepareRole,
    validate: (role) => [...validateRules(role.rules, false), ...validateAggregation(role)],
  },
});
