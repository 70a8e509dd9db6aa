/**
 * A request that the cluster object passes on to a server behind a node's agent, and the server's answer: both are
 * streams, and no byte of them passes the cluster's object.
 */
import { failure } from '../kube/machinery/status.ts';
import { headerBytes, headerText, isEndToEnd } from '../wire/headers.ts';
import { type HttpBody, HttpCall } from '../wire/http-call.ts';
import type { HttpAnswerHead, ProxiedRequest } from '../wire/stream.ts';
import type { StreamSocket } from '../wire/stream-reader.ts';
import { isSessionCookie, withoutSession } from './auth/credentials.ts';
import { type EdgeRequest, type EdgeResponse, respond } from './env.ts';
import { heldBytes } from './held-bytes.ts';
import { rewriteLinks, type Site, throughProxy } from './proxy-links.ts';
import { statusResponse, tooManyRequests } from './statuses.ts';

/** Headers of the client that are for the API server alone, and those that the edge's own network adds. */
const NOT_PASSED_ON = /^(authorization|content-length|expect|host|impersonate-.*|islet-.*|cf-.*|sec-websocket-.*)$/;

/** Headers that tell the server how its client sees it: said here alone. */
const FORWARDED: ReadonlySet<string> = new Set(['x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-uri']);

/** Only this server says which pages may read its answers (apimachinery `pkg/util/proxy/upgradeaware.go`). */
const CORS = /^access-control-allow-(credentials|headers|methods|origin)$/i;

/** `clusterPath`: the path beneath which the client sees the cluster. The socket is accepted. */
export async function bridgeHttp(
  socket: StreamSocket,
  request: EdgeRequest,
  body: EdgeRequest['body'] | string,
  http: ProxiedRequest,
  { cluster, clusterPath }: { cluster: string; clusterPath: string },
): Promise<EdgeResponse> {
  let call: HttpCall | undefined;
  const memory = heldBytes.open(cluster, () => call?.abort('the answer was not read fast enough, and too much waited'));
  if (!memory) {
    socket.close();
    return tooManyRequests();
  }
  call = new HttpCall(socket, memory);
  const site: Site | undefined =
    http.prefix === undefined
      ? undefined
      : { prefix: clusterPath + http.prefix, host: request.headers.get('host') ?? '', address: http.address };
  const content = bodyOf(body);
  const headers = headersOf(request, http, site, content);
  const opened = await call.send({ method: request.method, path: http.path, headers }, content);
  if (!opened.ok) return unreached(opened.status.message ?? '', http);
  const head = opened.head ?? { status: 502, headers: [] };
  if (isRedirect(head, http)) {
    await opened.body.cancel();
    return noRedirect();
  }
  const hasNoBody = request.method === 'HEAD' || [101, 204, 205, 304].includes(head.status);
  if (hasNoBody) await opened.body.cancel();
  const answer = answerOf(head, hasNoBody ? null : opened.body, site, http);
  return site && !hasNoBody ? rewriteLinks(answer, site) : answer;
}

/** The client's headers that go on to the server, as bytes. */
export function passedOn({ headers }: EdgeRequest): [string, string][] {
  const connection = headers.get('connection');
  return [...headers].flatMap(([name, value]): [string, string][] => {
    if (!isEndToEnd(name, connection) || NOT_PASSED_ON.test(name)) return [];
    const passed = name === 'cookie' ? withoutSession(value) : value;
    return passed === undefined ? [] : [[name, headerBytes(passed)]];
  });
}

/**
 * The same of a request for a WebSocket, with what the server is told of the client. As JSON, which a header may hold.
 */
export function passedOnUpgrade(request: EdgeRequest): string {
  const headers = [...passedOn(request), ...clientOf(request)];
  return JSON.stringify(headers).replace(/[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function clientOf({ headers }: EdgeRequest): [string, string][] {
  const address = headers.get('cf-connecting-ip');
  const forwarded: [string, string][] = address === null ? [] : [['x-forwarded-for', address]];
  return [['host', headers.get('host') ?? ''], ...forwarded];
}

export function unreached(message: string, { isFrontProxy }: ProxiedRequest): EdgeResponse {
  const text = `error trying to reach service: ${message}`;
  return isFrontProxy ? plain(503, `${text}\n`) : statusResponse(failure('ServiceUnavailable', text));
}

/** Upstream's `--aggregator-reject-forwarding-redirect`. */
export function isRedirect({ status, headers }: HttpAnswerHead, { isFrontProxy }: ProxiedRequest): boolean {
  const leads = headers.some(([name]) => name.toLowerCase() === 'location');
  return isFrontProxy === true && leads && status >= 300 && status < 400;
}

export const noRedirect = (): EdgeResponse =>
  plain(502, 'the backend attempted to redirect this request, which is not permitted');

function plain(status: number, text: string): EdgeResponse {
  const headers = { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' };
  return respond(text, { status, headers: { ...headers, 'Cache-Control': 'no-cache, private' } });
}

export function headersOf(
  request: EdgeRequest,
  { headers: own, path, isFrontProxy }: ProxiedRequest,
  site: Site | undefined,
  content: HttpBody,
): [string, string][] {
  // Only this server says who asks; and what the answer is encoded in is the Worker's business.
  const isOurs = (name: string): boolean =>
    Object.hasOwn(own, name) ||
    (isFrontProxy === true && (name.startsWith('x-remote-') || name === 'accept-encoding')) ||
    (site !== undefined && FORWARDED.has(name));
  const headers = [...passedOn(request), ...clientOf(request)].filter(([name]) => !isOurs(name));
  if (site) {
    headers.push(
      ['x-forwarded-host', site.host],
      ['x-forwarded-proto', request.url.startsWith('https:') ? 'https' : 'http'],
    );
    headers.push(['x-forwarded-uri', site.prefix + (path.split('?', 1)[0] ?? '')]);
  }
  const length = content instanceof Uint8Array ? String(content.length) : request.headers.get('content-length');
  // A body of unknown length has to be framed.
  if (length !== null && length !== '0') headers.push(['content-length', length]);
  else if (content && length === null) headers.push(['transfer-encoding', 'chunked']);
  for (const [name, value] of Object.entries(own)) {
    for (const one of typeof value === 'string' ? [value] : value) headers.push([name, one]);
  }
  return headers;
}

function bodyOf(body: EdgeRequest['body'] | string): HttpBody {
  if (typeof body === 'string') return new TextEncoder().encode(body);
  return (body ?? undefined) as unknown as HttpBody;
}

export function answerOf(
  head: HttpAnswerHead,
  body: ReadableStream<Uint8Array> | null,
  site: Site | undefined,
  { answerHeaders = {} }: ProxiedRequest,
): EdgeResponse {
  const headers = new Headers();
  for (const [name, value] of head.headers) {
    // The runtime frames the body.
    if (body !== null && name.toLowerCase() === 'content-length') continue;
    // It speaks under this host's name, whose sessions are not its own.
    if (CORS.test(name) || (name.toLowerCase() === 'set-cookie' && isSessionCookie(value))) continue;
    headers.append(name, headerText(value));
  }
  for (const [name, value] of Object.entries(answerHeaders)) if (!headers.has(name)) headers.set(name, value);
  const location = headers.get('location');
  if (site && location) headers.set('location', throughProxy(location, site));
  const isPossible = head.status >= 200 && head.status <= 599;
  // The body is passed on as it is, whatever it is encoded in.
  const init = { status: isPossible ? head.status : 502, headers, encodeBody: 'manual' };
  return new Response(body, init) as unknown as EdgeResponse;
}
