/** Rules over non-resource URLs beneath `/islet/v1/` for users that are no administrators. */
import type { Authority } from './attributes.ts';

const RULES = [
  // Upstream's role `system:node-bootstrapper`.
  { group: 'system:bootstrappers', verb: 'post', path: '/islet/v1/join' },
  { group: 'system:nodes', verb: 'post', path: '/islet/v1/renew' },
  // Each subscription of a socket is authorised by itself.
  { group: 'system:authenticated', verb: 'get', path: '/islet/v1/socket' },
] as const;

export const isletPaths: Authority = ({ user, isResource, verb, path }) => {
  if (isResource) return undefined;
  const allows = RULES.some((rule) => rule.path === path && rule.verb === verb && user.groups.includes(rule.group));
  return allows ? 'allow' : undefined;
};
