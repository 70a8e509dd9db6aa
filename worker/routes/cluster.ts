/** A request for one cluster: checked here, then handed to its object. The hot path of the whole service. */

import { failure } from '../../kube/machinery/status.ts';
import { CLAIMS_HEADER } from '../../wire/identity.ts';
import { gatherExtra, IMPERSONATED_EXTRA } from '../../wire/impersonation.ts';
import { INTRODUCTION_HEADER } from '../../wire/stream.ts';
import { authenticate, type Caller } from '../auth/authenticate.ts';
import type { EdgeRequest, EdgeResponse, Env } from '../env.ts';
import { type ClusterPath, isClusterId, type Location, queryValue } from '../location.ts';
import { type ReadBody, readBody } from '../negotiate/body.ts';
import { notFound, statusResponse, unauthorized } from '../statuses.ts';
import { bridgeStream, dialSession } from '../stream-bridge.ts';
import { bridgeWatch } from '../watch-bridge.ts';
import { answerAtEdge } from './edge.ts';
import { answerOpenApi } from './openapi.ts';

/** What of a client's headers the pipeline reads. All others end here. */
const FORWARDED = ['accept', 'content-type', 'user-agent', 'audit-id'] as const;
const IMPERSONATION = ['impersonate-user', 'impersonate-uid', 'impersonate-group'] as const;
const SOCKET_PATH = '/islet/v1/socket';
const JOIN_PATH = '/islet/v1/join';
const STREAMS_PATH = '/islet/v1/streams/';
/** Upstream's `--min-request-timeout`: a watch that names no end gets between this and twice this. */
const MIN_WATCH_SECONDS = 1800;
const MAX_WATCH_MS = 24 * 3600_000;

const NO_BODY: ReadBody = { ok: true, body: null };

export async function serveCluster(
  request: EdgeRequest,
  env: Env,
  location: Location,
  target: ClusterPath,
): Promise<EdgeResponse> {
  const { id, path } = target;
  const { query } = location;
  const edge = answerAtEdge(path, query, env);
  if (edge) return edge;
  if (!isClusterId(id)) return notFound();
  const caller = await authenticate(request, env, location, id);
  if (!caller) return unauthorized();
  return serveAs(request, env, caller, { id, path }, query);
}

/** The same for a request whose cluster was named by its token alone. */
export async function serveAs(
  request: EdgeRequest,
  env: Env,
  caller: Caller,
  { id, path }: ClusterPath,
  query: string,
): Promise<EdgeResponse> {
  // A join token may only be traded, and only here.
  if (caller.claims.use === 'join' && path !== JOIN_PATH) return unauthorized();
  if (path.startsWith(STREAMS_PATH)) {
    // The session object checks the ticket; who is no node of this cluster does not even wake it.
    return caller.claims.node ? dialStream(request, env, { id, path }, query) : unauthorized();
  }
  const upgrade = request.headers.get('upgrade');
  const headers = forwarded(request, caller.printed);
  const url = query === '' ? `http://cluster${path}` : `http://cluster${path}?${query}`;
  const cluster = env.CLUSTER.getByName(id);

  if (path.startsWith('/openapi/')) {
    const own: Record<string, string> = { [CLAIMS_HEADER]: caller.printed };
    return answerOpenApi(request, env, path, query, (part) => cluster.fetch(`http://cluster${part}`, { headers: own }));
  }
  if (path === SOCKET_PATH) {
    if (upgrade?.toLowerCase() !== 'websocket') return notWebSocket('the socket is opened');
    headers.upgrade = 'websocket';
    const protocol = request.headers.get('sec-websocket-protocol');
    if (protocol !== null) headers['sec-websocket-protocol'] = protocol;
    return cluster.fetch(url, { headers });
  }
  if (request.method === 'GET' && isWatch(path, query)) {
    headers.upgrade = 'websocket';
    const answer = await cluster.fetch(url, { headers });
    if (!answer.webSocket) return answer;
    return bridgeWatch(answer.webSocket, watchOptions(request, query, caller.claims.exp), {
      newPipe: () => new (globalThis as unknown as NativePipe).IdentityTransformStream(),
      setTimer: (run, ms) => setTimeout(run, ms),
      clearTimer: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
    });
  }
  // The pipeline reads no body of a GET, and the runtime sends none.
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const read = isRead ? NO_BODY : await readBody(request);
  if (!read.ok) return read.answer;
  if (read.contentType) headers['content-type'] = read.contentType;
  if (upgrade !== null) {
    // The object introduces; it does not hold the socket itself.
    headers['islet-upgrade'] = upgrade;
    headers['sec-websocket-protocol'] = request.headers.get('sec-websocket-protocol') ?? '';
  }
  const answer = await cluster.fetch(url, {
    method: request.method,
    headers,
    body: read.body as typeof request.body,
  });
  const introduction = answer.headers.get(INTRODUCTION_HEADER);
  return introduction === null ? answer : bridgeStream(env, id, introduction);
}

type NativePipe = {
  IdentityTransformStream: new () => { readable: ReadableStream<Uint8Array>; writable: WritableStream<Uint8Array> };
};

function forwarded(request: EdgeRequest, claims: string): Record<string, string> {
  const headers: Record<string, string> = { [CLAIMS_HEADER]: claims };
  for (const name of FORWARDED) {
    const value = request.headers.get(name);
    if (value !== null) headers[name] = value;
  }
  if (request.headers.has('impersonate-user') || request.headers.has('impersonate-group')) {
    for (const name of IMPERSONATION) {
      const value = request.headers.get(name);
      if (value !== null) headers[name] = value;
    }
    const extra = gatherExtra(request.headers);
    if (extra !== undefined) headers[IMPERSONATED_EXTRA] = extra;
  }
  return headers;
}

/** Upstream's reading of a flag: given at all, and neither `false` nor `0`. */
function isWatch(path: string, query: string): boolean {
  if (query.includes('watch')) {
    const value = queryValue(query, 'watch');
    if (value !== undefined && value !== 'false' && value !== '0') return true;
  }
  return path.includes('/watch/') && /^\/(api\/[^/]+|apis\/[^/]+\/[^/]+)\/watch\//.test(path);
}

/** `exp`: of the token, in seconds since the epoch. A watch ends with it, however long it was asked for. */
function watchOptions(request: EdgeRequest, query: string, exp: number) {
  const asked = Number(queryValue(query, 'timeoutSeconds') ?? 0);
  const seconds = asked > 0 ? asked : MIN_WATCH_SECONDS * (1 + Math.random());
  const accept = request.headers.get('accept') ?? '';
  return {
    contentType: accept.includes('stream=watch') ? 'application/json;stream=watch' : 'application/json',
    timeoutMs: Math.max(0, Math.min(seconds * 1000, MAX_WATCH_MS, exp * 1000 - Date.now())),
  };
}

function dialStream(
  request: EdgeRequest,
  env: Env,
  { id, path }: ClusterPath,
  query: string,
): Promise<EdgeResponse> | EdgeResponse {
  const session = path.slice(STREAMS_PATH.length);
  if (!/^[A-Za-z0-9-]{8,64}$/.test(session)) return notFound();
  if (request.headers.get('upgrade')?.toLowerCase() !== 'websocket') {
    return notWebSocket('a stream session is dialled');
  }
  return dialSession(env, id, session, query);
}

function notWebSocket(what: string): EdgeResponse {
  return statusResponse(failure('BadRequest', `${what} as a WebSocket`));
}
