/** The dashboard's page, and signing in to it: `/?code=…` trades a one-time code for an HttpOnly session cookie. */
import { accountOf } from '../auth/authenticate.ts';
import { cookieName } from '../auth/credentials.ts';
import { keySet } from '../auth/keys.ts';
import { type EdgeRequest, type EdgeResponse, type Env, respond } from '../env.ts';
import { type Location, locate, queryValue } from '../location.ts';
import { serveAsset } from './assets.ts';

const USED_UP = 'This link was used already or is too old. Run `npx islet dashboard` for a fresh one.\n';

export async function serveDashboard(request: EdgeRequest, env: Env): Promise<EdgeResponse> {
  const location = locate(request.url);
  const code = location.path === '/' ? queryValue(location.query, 'code') : undefined;
  return code === undefined ? serveAsset(request, env, location.path) : signIn(env, location, code);
}

async function signIn(env: Env, location: Location, code: string): Promise<EdgeResponse> {
  const session = await redeem(env, code);
  if (!session) {
    return respond(USED_UP, { status: 403, headers: { 'Content-Type': 'text/plain', 'Cache-Control': 'no-store' } });
  }
  const attributes = `Path=/; HttpOnly; SameSite=Strict; Max-Age=${session.seconds}${location.secure ? '; Secure' : ''}`;
  // A page, not a redirect: browsers leave a Strict cookie out when a link from elsewhere was redirected.
  return respond(
    '<!doctype html><meta http-equiv="refresh" content="0;url=/"><link rel="icon" href="data:,"><title>Islet</title>',
    {
      headers: {
        'Content-Type': 'text/html; charset=utf-8',
        'Set-Cookie': `${cookieName(location)}=${session.token}; ${attributes}`,
        'Cache-Control': 'no-store',
        'Referrer-Policy': 'no-referrer',
      },
    },
  );
}

async function redeem(env: Env, code: string): Promise<{ token: string; seconds: number } | undefined> {
  try {
    const { use, account, jti } = await keySet(env).verify(code, Date.now());
    return use === 'code' && account ? await accountOf(env, account).redeemCode({ account, jti }) : undefined;
  } catch {
    return undefined;
  }
}
