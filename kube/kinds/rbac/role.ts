import { NAME_AND_CREATED_AT } from '../columns/column.ts';
import { defineKind } from '../define.ts';

export const role = defineKind({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'Role',
  plural: 'roles',
  scope: 'Namespaced',
  nameRule: 'path-segment',
  support: 'refused',
  allowCreateOnUpdate: true,
  columns: NAME_AND_CREATED_AT,
});
