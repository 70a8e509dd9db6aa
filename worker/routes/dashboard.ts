/** The dashboard's page, and signing in to it: `/?code=…` trades a one-time code for an HttpOnly session cookie. */
import type { NewSession } from '../../wire/account-rpc.ts';
import { accountOf, identify } from '../auth/authenticate.ts';
import { isOwnOrigin } from '../auth/credentials.ts';
import { readUserCode } from '../auth/device-codes.ts';
import { keySet, localHost } from '../auth/keys.ts';
import { sessionCookie } from '../auth/session-cookie.ts';
import { type EdgeRequest, type EdgeResponse, type Env, respond } from '../env.ts';
import { hostOf, type Location, locate, queryValue } from '../location.ts';
import { serveAsset } from './assets.ts';
import { onwardPage, plainPage } from './plain-page.ts';

const USED_UP =
  '<p>This link was used already or is too old. Run <code>npx islet dashboard</code> for a fresh one.</p>';

export async function serveDashboard(request: EdgeRequest, env: Env): Promise<EdgeResponse> {
  const location = locate(request.url);
  const code = location.path === '/' ? queryValue(location.query, 'code') : undefined;
  if (location.path === '/' && !location.secure && hostOf(location) !== localHost(env)) return toOwnHost(env, location);
  if (location.path === '/device') return toDevicePage(location);
  if (code === undefined) return serveAsset(request, env, location.path);
  const claims = await claimsOf(env, code);
  if (!claims) return usedUp(request, env, location);
  const isConfirmed =
    request.method === 'POST' ? isFromOwnPage(request, location) : await isIntended(request, env, location, claims);
  if (!isConfirmed) return confirmation(claims.account);
  const session = await accountOf(env, claims.account).redeemCode({
    ...claims,
    agent: request.headers.get('user-agent') ?? '',
  });
  return session ? signedIn(location, session) : usedUp(request, env, location, claims.account);
}

/**
 * Whether the person at the browser opened the address, by typing it or from a terminal, and is not signed in as
 * another account. Otherwise a page of another site could sign its visitors in as an account of its own, and read what
 * they do.
 */
async function isIntended(
  request: EdgeRequest,
  env: Env,
  location: Location,
  { account }: { account: string },
): Promise<boolean> {
  if (request.headers.get('sec-fetch-site') !== 'none') return false;
  const caller = await identify(request, env, location);
  return caller === undefined || caller.claims.account === account;
}

/** A browser that has a session, of the code's account where that is known, is where the link leads already. */
async function usedUp(request: EdgeRequest, env: Env, location: Location, account?: string): Promise<EdgeResponse> {
  const caller = await identify(request, env, location);
  const isThere = caller !== undefined && (account === undefined || caller.claims.account === account);
  return isThere ? onwardPage('/') : plainPage(USED_UP, {}, 403);
}

function isFromOwnPage(request: EdgeRequest, location: Location): boolean {
  return request.headers.has('origin') && isOwnOrigin(request, location);
}

/** A local dashboard has a name of its own (`wire/dashboard-host.ts`), to which `localhost` leads. */
function toOwnHost(env: Env, { host, query }: Location): EdgeResponse {
  const port = /:\d+$/.exec(host)?.[0] ?? '';
  const address = `http://${localHost(env)}${port}/${query === '' ? '' : `?${query}`}`;
  return respond(null, { status: 302, headers: { Location: address, 'Cache-Control': 'no-store' } });
}

/** The short address that a program shows. The page keeps its place behind the `#`. */
function toDevicePage({ query }: Location): EdgeResponse {
  const code = readUserCode(queryValue(query, 'user_code') ?? '');
  const place = `/#page=device${code === undefined ? '' : `&user_code=${code}`}`;
  return respond(null, { status: 302, headers: { Location: place, 'Cache-Control': 'no-store' } });
}

function confirmation(account: string): EdgeResponse {
  // The form is sent to this address, with its code. An account's name is a DNS label, so it needs no escapes.
  return plainPage(
    `<form method="post"><p>A link asks to sign this browser in to Islet as the account <b>${account}</b>.</p><button>Sign in as ${account}</button></form>`,
  );
}

function signedIn(location: Location, session: NewSession): EdgeResponse {
  return onwardPage('/', { 'Set-Cookie': sessionCookie(location, session, true) });
}

/** undefined for what is no code. Whether it was used, its account knows. */
async function claimsOf(env: Env, code: string): Promise<{ account: string; jti: string } | undefined> {
  try {
    const { use, account, jti } = await keySet(env).verify(code, Date.now());
    return use === 'code' && account ? { account, jti } : undefined;
  } catch {
    return undefined;
  }
}
