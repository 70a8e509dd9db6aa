/**
 * Requests without a token are system:anonymous's, as upstream's. Of a cluster they get what the edge answers by itself,
 * which is what `system:public-info-viewer` lets anyone see; the rest is refused here, without waking the object
 * (docs/decisions/2026-11-27-strangers-are-answered-at-the-edge.md).
 */
import { forbiddenText } from '../../kube/machinery/request/forbidden-text.ts';
import { parseQuery } from '../../kube/machinery/request/query.ts';
import { parseRequest } from '../../kube/machinery/request/request-info.ts';
import { groupResource } from '../../kube/machinery/resource.ts';
import { failure } from '../../kube/machinery/status.ts';
import { BEARER_SUBPROTOCOL_PREFIX } from '../../wire/socket.ts';
import type { EdgeRequest, EdgeResponse } from '../env.ts';
import type { Location } from '../location.ts';
import { statusResponse, withDetails } from '../statuses.ts';
import { credentials } from './credentials.ts';

const ANONYMOUS = 'system:anonymous';
const NO_SNIFF = { 'X-Content-Type-Options': 'nosniff' };
/** Characters of a path or query that are read: messages repeat them, and a stranger's may be long. */
const MAX_PATH = 4096;

/** Whether the request names no user. A browser without a session is not anonymous: it is asked to sign in. */
export function isAnonymous(request: EdgeRequest, location: Location): boolean {
  const { headers } = request;
  if (!location.secure || headers.has('sec-fetch-site') || headers.has('origin')) return false;
  if (headers.get('sec-websocket-protocol')?.includes(BEARER_SUBPROTOCOL_PREFIX)) return false;
  return credentials(request, location) === undefined;
}

/** The 403 of a request for a path of a cluster, in upstream's words. */
export function forbidAnonymous(method: string, path: string, query: string): EdgeResponse {
  const info = parseRequest(method, path.slice(0, MAX_PATH), parseQuery(query.slice(0, MAX_PATH)));
  const { group, resource, name } = info;
  const qualified = groupResource(group, resource);
  const named = name === '' ? qualified : `${qualified} ${JSON.stringify(name)}`;
  const what = resource === '' ? 'forbidden' : `${named} is forbidden`;
  const status = withDetails(failure('Forbidden', `${what}: ${forbiddenText(ANONYMOUS, info)}`));
  status.details = {
    ...(name !== '' && { name }),
    ...(group !== '' && { group }),
    ...(resource !== '' && { kind: resource }),
  };
  return statusResponse(status, NO_SNIFF);
}
