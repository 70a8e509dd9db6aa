/** The answer of a proxied server, as the client is given it. */
import { failure } from '../../kube/machinery/status.ts';
import { headerText } from '../../wire/headers.ts';
import type { HttpAnswerHead, ProxiedRequest } from '../../wire/stream.ts';
import { isSessionCookie } from '../auth/credentials.ts';
import { type EdgeResponse, respond } from '../env.ts';
import { statusResponse } from '../statuses.ts';
import { rewriteLinks, type Site, throughProxy } from './links.ts';

/** The server's answer; or the reason why there is none. */
export type Opened = { head: HttpAnswerHead; body: ReadableStream<Uint8Array> | null } | { problem: string };

/** Statuses whose answers have no body (RFC 9110, 6.4.1; a WebSocket's bytes take a road of their own). */
const WITHOUT_BODY: ReadonlySet<number> = new Set([101, 204, 205, 304]);

/** Only this server says which pages may read its answers (apimachinery `pkg/util/proxy/upgradeaware.go`). */
const CORS = /^access-control-allow-(credentials|headers|methods|origin)$/i;

/** `site`: for a server that the client sees beneath a path of the API's. A body that is not passed on is let go of. */
export async function proxiedAnswer(
  opened: Opened,
  method: string,
  http: ProxiedRequest,
  site?: Site,
): Promise<EdgeResponse> {
  if ('problem' in opened) return unreached(opened.problem, http);
  const { head, body } = opened;
  if (isRedirect(head, http)) {
    await body?.cancel();
    return plain(502, 'the backend attempted to redirect this request, which is not permitted');
  }
  const hasNoBody = method === 'HEAD' || WITHOUT_BODY.has(head.status);
  if (hasNoBody) await body?.cancel();
  const answer = answerOf(head, hasNoBody ? null : body, site, http);
  return site && !site.isOwn && !hasNoBody ? rewriteLinks(answer, site) : answer;
}

/** The same answer, of which a browser runs no script, submits no form and takes nothing for another type. */
export function withoutScripts(answer: EdgeResponse): EdgeResponse {
  if (answer.webSocket) return answer;
  const headers = new Headers([...answer.headers]);
  headers.set('Content-Security-Policy', 'sandbox');
  headers.set('X-Content-Type-Options', 'nosniff');
  const init = { status: answer.status, headers, encodeBody: 'manual' };
  return new Response(answer.body as unknown as BodyInit, init) as unknown as EdgeResponse;
}

/** Headers by which a site acts on those beside it: cookies of the whole domain are cleared, or its host is elsewhere. */
const BEYOND_SITE = /^(alt-svc|clear-site-data)$/i;

/** A cookie of the one host: other forwards have theirs beneath the same domain. */
function withoutDomain(cookie: string): string {
  const [pair = '', ...attributes] = cookie.split(';');
  return [pair, ...attributes.filter((each) => !/^\s*domain\s*=/i.test(each))].join(';');
}

function unreached(message: string, { isFrontProxy }: ProxiedRequest): EdgeResponse {
  const text = `error trying to reach service: ${message}`;
  return isFrontProxy ? plain(503, `${text}\n`) : statusResponse(failure('ServiceUnavailable', text));
}

/** Upstream's `--aggregator-reject-forwarding-redirect`. */
function isRedirect({ status, headers }: HttpAnswerHead, { isFrontProxy }: ProxiedRequest): boolean {
  const leads = headers.some(([name]) => name.toLowerCase() === 'location');
  return isFrontProxy === true && leads && status >= 300 && status < 400;
}

function plain(status: number, text: string): EdgeResponse {
  const headers = { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' };
  return respond(text, { status, headers: { ...headers, 'Cache-Control': 'no-cache, private' } });
}

function answerOf(
  head: HttpAnswerHead,
  body: ReadableStream<Uint8Array> | null,
  site: Site | undefined,
  { answerHeaders = {} }: ProxiedRequest,
): EdgeResponse {
  const headers = new Headers();
  for (const [name, value] of head.headers) {
    // The runtime frames the body.
    if (body !== null && name.toLowerCase() === 'content-length') continue;
    // The proxied server answers under this host's name, whose sessions are not its own.
    const isCookie = name.toLowerCase() === 'set-cookie';
    if (CORS.test(name) || (isCookie && isSessionCookie(value))) continue;
    if (site?.isOwn && BEYOND_SITE.test(name)) continue;
    headers.append(name, headerText(isCookie && site?.isOwn ? withoutDomain(value) : value));
  }
  for (const [name, value] of Object.entries(answerHeaders)) if (!headers.has(name)) headers.set(name, value);
  const location = headers.get('location');
  if (site && location) headers.set('location', throughProxy(location, site));
  const isPossible = head.status >= 200 && head.status <= 599;
  // The body is passed on as it is, whatever it is encoded in.
  const init = { status: isPossible ? head.status : 502, headers, encodeBody: 'manual' };
  return new Response(body, init) as unknown as EdgeResponse;
}
