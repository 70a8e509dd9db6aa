/**
 * `system:masters` may do everything, and so may the cluster's administrators: the place of a ClusterRoleBinding of
 * theirs to `cluster-admin` (kubeadm's `kubeadm:cluster-admins` has one).
 */
import { CLUSTER_ADMINS } from '../../../wire/identity.ts';
import type { UserInfo } from '../request.ts';
import type { Authority } from './attributes.ts';

export function mayDoEverything({ groups }: UserInfo): boolean {
  return groups.includes('system:masters') || groups.includes(CLUSTER_ADMINS);
}

export const masters: Authority = ({ user }) => (mayDoEverything(user) ? 'allow' : undefined);
