/** A request for one cluster: checked here, then handed to its object. The hot path of the whole service. */
import { failure } from '../../kube/machinery/status.ts';
import { HISTORY_TYPE } from '../../wire/cluster-file.ts';
import { FORWARDS_PATH } from '../../wire/forwards.ts';
import { asciiJson, changesInUrl, PATH_HEADER } from '../../wire/headers.ts';
import {
  CLAIMS_HEADER,
  FORWARDED_HEADER,
  ISSUER_HEADER,
  JOIN_PATH,
  REFUSAL_HEADER,
  type Refusal,
} from '../../wire/identity.ts';
import { issuerOf } from '../../wire/issuer.ts';
import { PROTOBUF_TYPE } from '../../wire/protobuf.ts';
import { SOCKET_PATH } from '../../wire/socket.ts';
import {
  AGENT_KEY_HEADER,
  DIRECT_HEADER,
  type DirectCall,
  INTRODUCTION_HEADER,
  PROXIED_HEADERS,
  SIMULATED_LOG_HEADER,
  STREAMS_PATH,
} from '../../wire/stream.ts';
import { forbidAnonymous, isAnonymous } from '../auth/anonymous.ts';
import { authenticate, type Caller, isRefused, rememberRefusal } from '../auth/authenticate.ts';
import { type ReadBody, readBody } from '../body.ts';
import { compressed } from '../compress.ts';
import { type EdgeRequest, type EdgeResponse, type Env, respond } from '../env.ts';
import { openForward } from '../forwards/open.ts';
import { heldBytes } from '../held-bytes.ts';
import { type ClusterPath, isClusterId, type Location, queryValue } from '../location.ts';
import { encodeAnswer } from '../protobuf/answers.ts';
import { encodedItems } from '../protobuf/encoded-items.ts';
import { withoutScripts } from '../proxy/answer.ts';
import { callDirectly } from '../proxy/direct.ts';
import { passedOnUpgrade } from '../proxy/headers.ts';
import { noCluster, notFound, statusResponse, unauthorized } from '../statuses.ts';
import { bridgeStream, dialSession, isTicket } from '../stream-bridge.ts';
import { offeredProtocols } from '../watch-socket.ts';
import { DISCOVERY_PATH, discoveryDocument } from './discovery.ts';
import { answerAtEdge, edgeOptions } from './edge.ts';
import { forwardedHeaders } from './forward.ts';
import { answerOpenApi } from './openapi.ts';
import { answerLogSocket, answerSimulatedLog, answerWatch, isWatch } from './watch.ts';

const LOG_PATH = /^\/api\/v1\/namespaces\/[^/]+\/pods\/[^/]+\/log$/;
const PROXY_PATH = /^\/api\/v1\/(namespaces\/[^/]+\/)?(pods|services|nodes)\/[^/]+\/proxy(\/|$)/;

/** However the path is written, as the object reads it: a token's issuer is the cluster. */
const MAY_BE_ABOUT_TOKENS = /token|%/i;

const NO_BODY: ReadBody = { ok: true, body: null };

export async function serveCluster(
  request: EdgeRequest,
  env: Env,
  location: Location,
  target: ClusterPath,
): Promise<EdgeResponse> {
  const { id, path } = target;
  const { query } = location;
  // Paths of the API are never answered here, so that their headers need not be read.
  const edge = path.startsWith('/api') ? undefined : answerAtEdge(path, query, env, edgeOptions(request));
  if (edge) return (await isRefused(request, env, location, id)) ? unauthorized() : edge;
  if (!isClusterId(id)) return notFound();
  if (path === DISCOVERY_PATH) return discoveryDocument(issuerOf(env, location, id), request);
  if (isAnonymous(request, location) && !path.startsWith('/islet/')) {
    return forbidAnonymous(request.method, path, query);
  }
  const caller = await authenticate(request, env, location, id);
  if (!caller) return unauthorized();
  if (caller === 'no such cluster') return noCluster();
  return serveAs(request, env, location, caller, { id, path });
}

/** The same for a request whose cluster was named by its token alone. */
export async function serveAs(
  request: EdgeRequest,
  env: Env,
  location: Location,
  caller: Caller,
  { id, path }: ClusterPath,
): Promise<EdgeResponse> {
  const { query } = location;
  if (caller.refusal === 'cluster-deleted') return noCluster();
  // A join token may only be traded, and only here.
  if (caller.claims.use === 'join' && path !== JOIN_PATH) return unauthorized();
  if (path === FORWARDS_PATH && request.method === 'POST') return openForward(request, env, location, caller, id);
  if (path.startsWith(STREAMS_PATH)) return dialStream(request, env, caller, { id, path }, query);
  const cluster = env.CLUSTER.getByName(id);
  const headers: Record<string, string> = { [CLAIMS_HEADER]: caller.printed };
  const forwarded = forwardedHeaders(request);
  if (changesInUrl(path)) headers[PATH_HEADER] = path;
  if (path.startsWith('/openapi/')) {
    // The object makes JSON for the edge, whatever the client accepts.
    const { accept: _, 'accept-encoding': __, 'if-none-match': ___, ...rest } = forwarded;
    headers[FORWARDED_HEADER] = asciiJson(rest);
    const ask = async (part: string) =>
      withRefusalKept(env, caller, await cluster.fetch(`http://cluster${part}`, { headers }));
    return answerOpenApi({ request, path, query, env, ask });
  }
  const upgrade = request.headers.get('upgrade');
  const proxies = path.includes('/proxy') && PROXY_PATH.test(path);
  const watches = request.method === 'GET' && !proxies && isWatch(path, query);
  if (path === SOCKET_PATH && upgrade?.toLowerCase() !== 'websocket') return notWebSocket('the socket is opened');
  const isSocket = upgrade?.toLowerCase() === 'websocket';
  const isLog = LOG_PATH.test(path);
  const isOffered = isSocket && (watches || isLog);
  const offered = isOffered ? offeredProtocols(request.headers.get('sec-websocket-protocol')) : {};
  if (offered.refusal === 401) return unauthorized();
  if (offered.refusal === 400 && watches) return respond(null, { status: 400 });
  // A simulated container's log that is followed is a watch of its pod.
  const follows = isLog && query.includes('follow');
  if (watches || follows || path === SOCKET_PATH) headers.upgrade = 'websocket';
  if (upgrade !== null) {
    // For exec and its like the object introduces, and holds no socket.
    headers['islet-upgrade'] = upgrade;
    forwarded['islet-upgrade'] = upgrade;
    const protocol = request.headers.get('sec-websocket-protocol');
    if (protocol !== null) headers['sec-websocket-protocol'] = protocol;
    if (path !== SOCKET_PATH) headers[PROXIED_HEADERS] = passedOnUpgrade(request);
    else Object.assign(headers, agentKey(request));
  }
  // The pipeline reads no body of a GET, and the runtime sends none; what is proxied is not for the object.
  const isRead = request.method === 'GET' || request.method === 'HEAD' || proxies;
  const read = isRead ? NO_BODY : await readBody(request, id);
  if (!read.ok) return read.answer;
  if (read.contentType) forwarded['content-type'] = read.contentType;
  if (request.method === 'POST' && MAY_BE_ABOUT_TOKENS.test(path)) {
    forwarded[ISSUER_HEADER] = issuerOf(env, location, id);
  }
  headers[FORWARDED_HEADER] = asciiJson(forwarded);
  // A URL ends its query at a `#`.
  const url = query === '' ? `http://cluster${path}` : `http://cluster${path}?${query.replaceAll('#', '%23')}`;
  const body = read.body as typeof request.body;
  const answer = await cluster.fetch(url, { method: request.method, headers, body });
  if (watches && answer.webSocket) {
    const asked = { cluster: id, query, expires: caller.claims.exp, subprotocol: isSocket ? offered : undefined };
    return answerWatch(answer.webSocket, answer, asked);
  }
  const log = follows ? answer.headers.get(SIMULATED_LOG_HEADER) : null;
  if (log !== null && answer.webSocket) {
    const followed = answerSimulatedLog(answer.webSocket, log, { cluster: id, expires: caller.claims.exp });
    return isSocket ? answerLogSocket(request, followed, id) : followed;
  }
  const introduction = answer.headers.get(INTRODUCTION_HEADER);
  if (introduction !== null) {
    // Of a request that has come to the object, the object gives the body back.
    const rest = proxies ? request.body : (read.sent ?? (await answer.text()));
    const clusterPath = location.path.slice(0, location.path.length - path.length);
    return harmless(caller, await bridgeStream(env, id, introduction, { request, body: rest, clusterPath }));
  }
  if (answer.headers.has(DIRECT_HEADER))
    return harmless(caller, await callDirectly(env, request, (await answer.json()) as DirectCall, read.sent));
  // Real containers' logs come by an introduction.
  if (isLog && isSocket && answer.status === 200) return answerLogSocket(request, answer, id);
  let final = withRefusalKept(env, caller, answer);
  if (forwarded.accept?.includes(PROTOBUF_TYPE)) {
    final = await encodeAnswer(final, {
      again: (revision) => cluster.fetch(`http://cluster${path}?${atRevision(query, revision)}`, { headers }),
      hold: (giveUp) => heldBytes.open(id, giveUp),
      kept: (type) => encodedItems.of(id, type),
    });
  }
  if (final.headers.get('content-type') === HISTORY_TYPE) return asFile(final);
  return compressed(final, forwarded['accept-encoding'] ?? null);
}

/** A cluster with its past is a file that is compressed as a whole, however it is sent. */
function asFile(answer: EdgeResponse): EdgeResponse {
  const file = (answer.body as unknown as ReadableStream).pipeThrough(new CompressionStream('gzip') as never);
  const headers = { 'Content-Type': 'application/gzip', 'Cache-Control': 'no-store' };
  return respond(file as unknown as BodyInit, { status: answer.status, headers });
}

/** An answer of another server, to a browser that would take a page in it for one of the dashboard's own. */
function harmless({ claims }: Caller, answer: EdgeResponse): EdgeResponse {
  return claims.use === 'session' ? withoutScripts(answer) : answer;
}

function agentKey({ headers }: EdgeRequest): Record<string, string> {
  const key = headers.get(AGENT_KEY_HEADER);
  return key === null ? {} : { [AGENT_KEY_HEADER]: key };
}

/** A page that goes on from another has its revision in the token. */
function atRevision(query: string, revision: string): string {
  const asked = new URLSearchParams(query);
  if (asked.get('continue')) return query;
  asked.set('resourceVersion', revision);
  asked.set('resourceVersionMatch', 'Exact');
  return asked.toString();
}

/** The object's answer for the client. The edge remembers that the object refused the token for good. */
function withRefusalKept(env: Env, caller: Caller, answer: EdgeResponse): EdgeResponse {
  // Only these two statuses come with a refusal, and looking for a header costs on the way of every answer.
  if (answer.status !== 401 && answer.status !== 404) return answer;
  const refusal = answer.headers.get(REFUSAL_HEADER);
  if (refusal === null) return answer;
  // A token of the account counts for the account's other clusters.
  const isFinal = refusal === 'revoked' || caller.claims.cluster !== undefined;
  if (isFinal) rememberRefusal(env, caller, refusal as Refusal);
  const headers = { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache, private' };
  return respond(answer.body as unknown as BodyInit, { status: answer.status, headers });
}

async function dialStream(
  request: EdgeRequest,
  env: Env,
  { claims: { node } }: Caller,
  { id, path }: ClusterPath,
  query: string,
): Promise<EdgeResponse> {
  const session = path.slice(STREAMS_PATH.length);
  const ticket = queryValue(query, 'ticket') ?? '';
  if (node === undefined || !(await isTicket(env, ticket, { cluster: id, session, node }))) return unauthorized();
  if (request.headers.get('upgrade')?.toLowerCase() !== 'websocket') return notWebSocket('a stream session is dialled');
  return dialSession(env, id, session, ticket);
}

function notWebSocket(what: string): EdgeResponse {
  return statusResponse(failure('BadRequest', `${what} as a WebSocket`));
}
