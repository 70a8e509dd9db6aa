/** Rules for every signed-in user (upstream's roles system:discovery, system:basic-user, system:public-info-viewer). */
import type { Authority } from './attributes.ts';

const PATHS = ['/api', '/apis', '/openapi', '/version', '/healthz', '/livez', '/readyz', '/.well-known'];
const REVIEWS: ReadonlySet<string> = new Set([
  'selfsubjectaccessreviews.authorization.k8s.io',
  'selfsubjectrulesreviews.authorization.k8s.io',
  'selfsubjectreviews.authentication.k8s.io',
]);

export const everyone: Authority = ({ user, isResource, verb, path, resource, group }) => {
  if (!user.groups.includes('system:authenticated')) return undefined;
  if (!isResource) {
    const open = PATHS.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));
    return open && verb === 'get' ? 'allow' : undefined;
  }
  return verb === 'create' && REVIEWS.has(`${resource}.${group}`) ? 'allow' : undefined;
};
