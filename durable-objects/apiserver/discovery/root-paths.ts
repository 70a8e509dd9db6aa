/** `/`: the paths that are served (apiserver `pkg/server/routes/index.go`). */
import type { KindDescriptor } from '../../../kube/kinds/define.ts';
import { groupVersions } from '../../../kube/machinery/discovery/resources.ts';
import { JSON_TYPE } from '../negotiate/respond.ts';
import type { ApiResponse } from '../request.ts';

const FIXED = [
  ...['/api', '/apis', '/apis/', '/healthz', '/healthz/ping', '/livez', '/livez/ping', '/metrics', '/openapi/v2'],
  ...['/openapi/v3', '/openapi/v3/', '/openid/v1/jwks', '/readyz', '/readyz/ping', '/version'],
];

export function rootPaths(kinds: readonly KindDescriptor[]): ApiResponse {
  const served = [...groupVersions(kinds)].flatMap(([group, versions]) => {
    const root = group === '' ? '/api' : `/apis/${group}`;
    return [root, ...versions.map((version) => `${root}/${version}`)];
  });
  const paths = [...new Set([...FIXED, ...served])].sort();
  const body = JSON.stringify({ paths }, undefined, 2);
  return { type: 'response', status: 200, headers: { 'content-type': JSON_TYPE }, body };
}
