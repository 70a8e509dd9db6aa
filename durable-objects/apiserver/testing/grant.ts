import type { PolicyRule } from '../../../kube/types.ts';
import type { TestApi } from './harness.ts';

const PATH = '/apis/rbac.authorization.k8s.io/v1';

/** Gives a user a role of these rules: everywhere, or in one namespace. */
export async function grant(
  { create }: Pick<TestApi, 'create'>,
  user: string,
  rules: readonly PolicyRule[],
  namespace?: string,
): Promise<void> {
  const prefix = namespace === undefined ? `${PATH}/cluster` : `${PATH}/namespaces/${namespace}/`;
  const name = `of-${user}`;
  await create(`${prefix}roles`, { metadata: { name }, rules });
  const roleRef = { kind: namespace === undefined ? 'ClusterRole' : 'Role', name };
  await create(`${prefix}rolebindings`, { metadata: { name }, roleRef, subjects: [{ kind: 'User', name: user }] });
}
