import type { ClusterRoleBinding, RoleBinding } from '../../types.ts';
import { ageColumn, column, nameColumn } from '../columns/column.ts';
import type { Column } from '../define.ts';

type AnyBinding = RoleBinding | ClusterRoleBinding;

function subjects(kind: 'User' | 'Group' | 'ServiceAccount') {
  return ({ subjects }: AnyBinding): string =>
    (subjects ?? [])
      .filter((subject) => subject.kind === kind)
      .map(({ namespace, name }) => (kind === 'ServiceAccount' ? `${namespace ?? ''}/${name}` : name))
      .join(', ');
}

/** Bindings of Roles and of ClusterRoles look alike. */
export const bindingColumns: readonly Column[] = [
  nameColumn,
  column<AnyBinding>('Role', 'Role that is granted.', ({ roleRef }) => `${roleRef?.kind}/${roleRef?.name}`),
  ageColumn,
  column('Users', 'Users it is granted to.', subjects('User'), { wide: true }),
  column('Groups', 'Groups it is granted to.', subjects('Group'), { wide: true }),
  column('ServiceAccounts', 'Service accounts it is granted to.', subjects('ServiceAccount'), { wide: true }),
];
