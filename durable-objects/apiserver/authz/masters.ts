/** The group that no rule restricts (apiserver `pkg/authorization/authorizerfactory` NewPrivilegedGroups). */
import type { UserInfo } from '../request.ts';
import type { Authority } from './attributes.ts';

export function isMaster({ groups }: UserInfo): boolean {
  return groups.includes('system:masters');
}

export const masters: Authority = ({ user }) => (isMaster(user) ? 'allow' : undefined);
