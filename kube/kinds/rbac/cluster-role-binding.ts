import type { ClusterRoleBinding } from '../../types.ts';
import { defineKind } from '../define.ts';
import { bindingColumns } from './binding-columns.ts';
import { applyBindingDefaults } from './binding-defaults.ts';

export const clusterRoleBinding = defineKind<ClusterRoleBinding>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  scope: 'Cluster',
  nameRule: 'path-segment',
  support: 'refused',
  allowCreateOnUpdate: true,
  columns: bindingColumns,
  strategy: { applyDefaults: applyBindingDefaults },
});
