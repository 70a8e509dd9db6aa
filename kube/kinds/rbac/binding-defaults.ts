import type { ClusterRoleBinding, RoleBinding } from '../../types.ts';

const GROUP = 'rbac.authorization.k8s.io';

export function applyBindingDefaults({ roleRef, subjects }: RoleBinding | ClusterRoleBinding): void {
  if (roleRef) roleRef.apiGroup ||= GROUP;
  for (const subject of subjects ?? []) {
    if (subject.kind === 'User' || subject.kind === 'Group') subject.apiGroup ||= GROUP;
  }
}
