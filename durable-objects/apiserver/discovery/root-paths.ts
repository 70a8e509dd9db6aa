/** `/`: the paths that are served (apiserver `pkg/server/routes/index.go`). */
import type { KindDescriptor } from '../../../kube/kinds/define.ts';
import { isBuiltInGroup } from '../../../kube/kinds/registry.ts';
import { groupVersions } from '../../../kube/machinery/discovery/resources.ts';
import type { RequestInfo } from '../../../kube/machinery/request/request-info.ts';
import { noPage, noSuchResource } from '../errors.ts';
import { JSON_TYPE } from '../negotiate/respond.ts';
import type { ApiResponse } from '../request.ts';
import { HEALTH_PATHS } from './health.ts';

const FIXED = [
  ...[
    '/.well-known/openid-configuration',
    '/api',
    '/apis',
    '/apis/',
    '/flagz',
    '/metrics',
    '/metrics/resources',
    '/metrics/slis',
  ],
  ...['/openapi/v2', '/openapi/v3', '/openapi/v3/', '/openid/v1/jwks', '/statusz', '/version', ...HEALTH_PATHS],
];

/** Upstream's routes have no empty parts; a proxied path is the server's own. Throws an ApiError. */
export function checkParts({ path, subresource }: Pick<RequestInfo, 'path' | 'subresource'>): void {
  if (!path.includes('//') || subresource === 'proxy') return;
  const [, root, group = ''] = /^\/(api|apis\/([^/]+))\//.exec(path) ?? [];
  throw root !== undefined && isBuiltInGroup(group) ? noSuchResource() : noPage();
}

export function rootPaths(kinds: readonly KindDescriptor[]): ApiResponse {
  const served = [...groupVersions(kinds)].flatMap(([group, versions]) => {
    const root = group === '' ? '/api' : `/apis/${group}`;
    return [root, ...versions.map((version) => `${root}/${version}`)];
  });
  const paths = [...new Set([...FIXED, ...served])].sort();
  const body = JSON.stringify({ paths }, undefined, 2);
  return { type: 'response', status: 200, headers: { 'content-type': JSON_TYPE }, body };
}
