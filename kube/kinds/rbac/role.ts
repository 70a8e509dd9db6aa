import type { Role } from '../../types.ts';
import { NAME_AND_CREATED_AT } from '../columns/column.ts';
import { defineKind } from '../define.ts';
import { prepareRole, validateRules } from './rule-validation.ts';

export const role = defineKind<Role>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'Role',
  plural: 'roles',
  scope: 'Namespaced',
  nameRule: 'path-segment',
  support: 'acted-on',
  allowCreateOnUpdate: true,
  columns: NAME_AND_CREATED_AT,
  strategy: {
    prepareForCreate: prepareRole,
    prepareForUpdate: prepareRole,
    validate: ({ rules }) => validateRules(rules, true),
  },
});
