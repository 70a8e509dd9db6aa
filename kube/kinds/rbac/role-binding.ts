import type { RoleBinding } from '../../types.ts';
import { defineKind } from '../define.ts';
import { bindingColumns } from './binding-columns.ts';
import { bindingStrategy } from './binding-strategy.ts';

export const roleBinding = defineKind<RoleBinding>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'RoleBinding',
  plural: 'rolebindings',
  scope: 'Namespaced',
  nameRule: 'path-segment',
  support: 'acted-on',
  allowCreateOnUpdate: true,
  columns: bindingColumns,
  strategy: bindingStrategy(['Role', 'ClusterRole']),
});
