/** Who is calling, and whether the token is for this cluster or account: all before an object wakes. */
import type { Claims } from '../../wire/identity.ts';
import type { AccountRpc } from '../../wire/rpc.ts';
import type { EdgeRequest, Env } from '../env.ts';
import type { Location } from '../location.ts';
import { credentials, isOwnOrigin } from './credentials.ts';
import { keySet } from './keys.ts';
import { TokenVerifier, type Verified } from './verify.ts';

export type Caller = Verified;

let verifier: TokenVerifier | undefined;
let verifierKey: string | undefined;

/** Whoever holds a good token of this service; undefined for everybody else. */
export async function identify(request: EdgeRequest, env: Env, location: Location): Promise<Caller | undefined> {
  const found = credentials(request, location);
  if (!found) return undefined;
  if (!verifier || verifierKey !== env.ISLET_SIGNING_KEY) {
    verifier = new TokenVerifier(keySet(env));
    verifierKey = env.ISLET_SIGNING_KEY;
  }
  const verified = await verifier.verify(found.token, Date.now());
  if (!verified) return undefined;
  // A session is what a browser holds in its cookie, and a cookie holds nothing else.
  if ((verified.claims.use === 'session') !== (found.from === 'cookie')) return undefined;
  if (found.from === 'cookie' && !isOwnOrigin(request, location)) return undefined;
  return verified;
}

/** A caller who may speak to this cluster. */
export async function authenticate(
  request: EdgeRequest,
  env: Env,
  location: Location,
  cluster: string,
): Promise<Caller | undefined> {
  const caller = await identify(request, env, location);
  if (!caller) return undefined;
  const { claims } = caller;
  if (claims.use === 'session' || claims.use === 'account')
    return (await owns(env, claims, cluster)) ? caller : undefined;
  return claims.cluster === cluster && (claims.use === 'cluster' || claims.use === 'join') ? caller : undefined;
}

const OWNERSHIP_KEPT_MS = 60_000;
const OWNERSHIP_KEPT = 1000;
const owned = new Map<string, number>();

async function owns(env: Env, claims: Claims, cluster: string): Promise<boolean> {
  if (!claims.account) return false;
  const key = `${claims.account}/${cluster}`;
  const now = Date.now();
  if ((owned.get(key) ?? 0) > now) return true;
  if (!(await accountOf(env, claims.account).owns(cluster))) return false;
  if (owned.size > OWNERSHIP_KEPT) owned.clear();
  owned.set(key, now + OWNERSHIP_KEPT_MS);
  return true;
}

export function accountOf(env: Env, account: string): AccountRpc {
  return env.ACCOUNT.getByName(account) as unknown as AccountRpc;
}
