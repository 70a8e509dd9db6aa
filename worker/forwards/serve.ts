/**
 * Requests of a forward's site: one that brings a ticket is given the site's cookie, and others go to the port that the
 * cookie names, with the rights that the account has at that moment.
 */
import type { Status } from '../../kube/machinery/status.ts';
import { proxyPathOf, siteOf, TICKET_PARAMETER } from '../../wire/forwards.ts';
import { asciiJson, changesInUrl, PATH_HEADER } from '../../wire/headers.ts';
import { CLAIMS_HEADER, FORWARDED_HEADER, REFUSAL_HEADER, type Refusal } from '../../wire/identity.ts';
import { INTRODUCTION_HEADER, PROXIED_HEADERS } from '../../wire/stream.ts';
import { accountOf, type Caller, forwardCaller, rememberRefusal } from '../auth/authenticate.ts';
import { cookieName, cookieValue } from '../auth/credentials.ts';
import { keySet } from '../auth/keys.ts';
import { type EdgeRequest, type EdgeResponse, type Env, respond } from '../env.ts';
import { type Location, queryValue } from '../location.ts';
import { passedOnUpgrade } from '../proxy/headers.ts';
import { statusOf, statusResponse } from '../statuses.ts';
import { bridgeStream } from '../stream-bridge.ts';
import { isOwnPage, isPage } from './own-page.ts';
import { sitePage } from './texts.ts';

export async function serveForward(
  request: EdgeRequest,
  env: Env,
  location: Location,
  site: string,
): Promise<EdgeResponse> {
  const languages = request.headers.get('accept-language');
  const ticket = location.path === '/' ? queryValue(location.query, TICKET_PARAMETER) : undefined;
  if (ticket !== undefined) {
    return (await signedIn(env, location, ticket, site)) ?? sitePage(languages, 'usedUp', 403);
  }
  if (!isOwnPage(request, location)) return sitePage(languages, 'elsewhere', 403);
  const token = cookieValue(request.headers.get('cookie'), cookieName(location, 'forward'));
  const caller = token === undefined ? undefined : await forwardCaller(env, token);
  const { account, scope: { cluster, forward } = {} } = caller?.claims ?? {};
  if (!caller || !account || !cluster || !forward || (await siteOf(forward, cluster, account)) !== site) {
    return sitePage(languages, 'closed', 401);
  }
  const answer = await throughCluster(request, env, location, caller);
  // A pod's own answers are passed on as they are.
  const problem = isPage(request) ? statusOf(answer)?.message : undefined;
  if (problem === undefined) return answer;
  return answer.status === 401
    ? sitePage(languages, 'closed', 401)
    : sitePage(languages, 'unreached', answer.status, problem);
}

async function throughCluster(
  request: EdgeRequest,
  env: Env,
  location: Location,
  caller: Caller,
): Promise<EdgeResponse> {
  const { cluster = '', forward } = caller.claims.scope ?? {};
  if (!forward) throw new Error('a forward without a target');
  const path = proxyPathOf(forward) + location.path;
  const headers: Record<string, string> = { [CLAIMS_HEADER]: caller.printed };
  const forwarded: Record<string, string> = { accept: 'application/json' };
  const agent = request.headers.get('user-agent');
  if (agent !== null) forwarded['user-agent'] = agent;
  if (changesInUrl(path)) headers[PATH_HEADER] = path;
  const upgrade = request.headers.get('upgrade');
  if (upgrade !== null) {
    headers['islet-upgrade'] = upgrade;
    forwarded['islet-upgrade'] = upgrade;
    const protocol = request.headers.get('sec-websocket-protocol');
    if (protocol !== null) headers['sec-websocket-protocol'] = protocol;
    headers[PROXIED_HEADERS] = passedOnUpgrade(request, true);
  }
  headers[FORWARDED_HEADER] = asciiJson(forwarded);
  const query = location.query === '' ? '' : `?${location.query.replaceAll('#', '%23')}`;
  const answer = await env.CLUSTER.getByName(cluster).fetch(`http://cluster${path}${query}`, {
    method: request.method,
    headers,
  });
  const introduction = answer.headers.get(INTRODUCTION_HEADER);
  if (introduction !== null) {
    const asked = { request, body: request.body, clusterPath: '', isOwnSite: true as const };
    return bridgeStream(env, cluster, introduction, asked);
  }
  const refusal = answer.headers.get(REFUSAL_HEADER);
  if (refusal !== null) rememberRefusal(env, caller, refusal as Refusal);
  return statusResponse((await answer.json()) as Status);
}

/** The site's cookie for a ticket; undefined for one that counts no longer, or not here. */
async function signedIn(env: Env, location: Location, ticket: string, site: string): Promise<EdgeResponse | undefined> {
  const claims = await ticketOf(env, ticket);
  const { account, jti, scope: { cluster, forward } = {} } = claims ?? {};
  if (!account || !jti || !cluster || !forward || (await siteOf(forward, cluster, account)) !== site) return undefined;
  const opened = await accountOf(env, account).redeemForward({ account, jti });
  if (!opened) return undefined;
  const { secure } = location;
  const cookie = `${cookieName(location, 'forward')}=${opened.token}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${opened.seconds}`;
  return respond(null, {
    status: 303,
    headers: {
      Location: '/',
      'Set-Cookie': secure ? `${cookie}; Secure` : cookie,
      'Cache-Control': 'no-store',
      'Referrer-Policy': 'no-referrer',
    },
  });
}

async function ticketOf(env: Env, ticket: string) {
  try {
    const claims = await keySet(env).verify(ticket, Date.now());
    return claims.use === 'forward-ticket' ? claims : undefined;
  } catch {
    return undefined;
  }
}
