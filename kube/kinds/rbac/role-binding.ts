import type { RoleBinding } from '../../types.ts';
import { defineKind } from '../define.ts';
import { bindingColumns } from './binding-columns.ts';
import { applyBindingDefaults } from './binding-defaults.ts';

export const roleBinding = defineKind<RoleBinding>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'RoleBinding',
  plural: 'rolebindings',
  scope: 'Namespaced',
  nameRule: 'path-segment',
  support: 'refused',
  allowCreateOnUpdate: true,
  columns: bindingColumns,
  strategy: { applyDefaults: applyBindingDefaults },
});
