import type { ClusterRoleBinding } from '../../types.ts';
import { defineKind } from '../define.ts';
import { bindingColumns } from './binding-columns.ts';
import { bindingStrategy } from './binding-strategy.ts';

export const clusterRoleBinding = defineKind<ClusterRoleBinding>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  scope: 'Cluster',
  nameRule: 'path-segment',
  support: 'acted-on',
  allowCreateOnUpdate: true,
  columns: bindingColumns,
  strategy: bindingStrategy(['ClusterRole']),
});
