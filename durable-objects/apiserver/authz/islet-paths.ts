/** Rules over non-resource URLs beneath `/islet/v1/` for users that are no administrators. */
import { JOIN_PATH, RENEW_PATH } from '../../../wire/identity.ts';
import { SOCKET_PATH } from '../../../wire/socket.ts';
import type { Authority } from './attributes.ts';

const RULES = [
  // Upstream's role `system:node-bootstrapper`.
  { group: 'system:bootstrappers', verb: 'post', path: JOIN_PATH },
  { group: 'system:nodes', verb: 'post', path: RENEW_PATH },
  // Each subscription of a socket is authorised by itself.
  { group: 'system:authenticated', verb: 'get', path: SOCKET_PATH },
] as const;

export const isletPaths: Authority = ({ user, isResource, verb, path }) => {
  if (isResource) return undefined;
  const allows = RULES.some((rule) => rule.path === path && rule.verb === verb && user.groups.includes(rule.group));
  return allows ? 'allow' : undefined;
};
