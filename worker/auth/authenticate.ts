/** Whether a request carries a token of this service, for this cluster or account: known before an object wakes. */

import type { AccountRpc } from '../../wire/account-rpc.ts';
import type { Claims, Refusal, TokenUse } from '../../wire/identity.ts';
import { type Callable, rpcOf } from '../../wire/rpc-call.ts';
import type { EdgeRequest, Env } from '../env.ts';
import type { Location } from '../location.ts';
import { credentials, isOwnOrigin } from './credentials.ts';
import { keySet } from './keys.ts';
import { TokenVerifier, type Verified } from './verify.ts';

export type Caller = Verified;

let verifier: TokenVerifier | undefined;
let verifierKey: string | undefined;

function verifierOf(env: Env): TokenVerifier {
  if (!verifier || verifierKey !== env.ISLET_SIGNING_KEY) {
    verifier = new TokenVerifier(keySet(env));
    verifierKey = env.ISLET_SIGNING_KEY;
  }
  return verifier;
}

/** undefined for a request without a token of this service that counts. */
export async function identify(request: EdgeRequest, env: Env, location: Location): Promise<Caller | undefined> {
  const found = credentials(request, location);
  if (!found) return undefined;
  const verified = await verifierOf(env).verify(found.token, Date.now());
  if (!verified || verified.refusal === 'revoked' || verified.claims.use === 'forward') return undefined;
  // A session is used only in a browser's cookie, and a cookie holds nothing else.
  if ((verified.claims.use === 'session') !== (found.from === 'cookie')) return undefined;
  if (found.from === 'cookie' && !isOwnOrigin(request, location)) return undefined;
  return verified;
}

/** The holder of a forward's cookie, who speaks for the account at its one port. undefined for one that counts no longer. */
export async function forwardCaller(env: Env, token: string): Promise<Caller | undefined> {
  const verified = await verifierOf(env).verify(token, Date.now());
  if (!verified || verified.refusal !== undefined || verified.claims.use !== 'forward') return undefined;
  const admitted = await admission(env, verified, verified.claims.scope?.cluster ?? '');
  return typeof admitted === 'object' ? admitted : undefined;
}

const OF_CLUSTERS: ReadonlySet<TokenUse> = new Set<TokenUse>(['cluster', 'join', 'service-account']);

/**
 * A caller who may speak to this cluster; `no such cluster` for an account that it is not shared with, as if it did not
 * exist.
 */
export async function authenticate(
  request: EdgeRequest,
  env: Env,
  location: Location,
  cluster: string,
): Promise<Caller | 'no such cluster' | undefined> {
  const caller = await identify(request, env, location);
  if (!caller) return undefined;
  const { claims } = caller;
  if (claims.use === 'session' || claims.use === 'account') return admission(env, caller, cluster);
  return claims.cluster === cluster && OF_CLUSTERS.has(claims.use) ? caller : undefined;
}

/**
 * Whether the request has a token in its header that does not count, or not for this cluster: upstream then answers not
 * even what is public. No account is asked.
 */
export async function isRefused(
  request: EdgeRequest,
  env: Env,
  location: Location,
  cluster?: string,
): Promise<boolean> {
  if (credentials(request, location)?.from !== 'header') return false;
  const caller = await identify(request, env, location);
  if (!caller) return true;
  const own = caller.claims.cluster;
  return cluster !== undefined && own !== undefined && own !== cluster;
}

/** An object refused the caller's token for good. */
export function rememberRefusal(env: Env, caller: Caller, refusal: Refusal): void {
  verifierOf(env).refuse(caller, refusal);
}

const ADMISSION_KEPT_MS = 60_000;
const MAX_ADMISSIONS = 1000;
/** By token and cluster, the caller, and the time until which the account need not be asked again. */
const admitted = new Map<string, { until: number; caller: Caller }>();

async function admission(env: Env, caller: Caller, cluster: string): Promise<Caller | 'no such cluster' | undefined> {
  const { account, jti }: Claims = caller.claims;
  if (!account) return undefined;
  const key = `${jti}/${cluster}`;
  const now = Date.now();
  const known = admitted.get(key);
  if (known && known.until > now) return known.caller;
  const answer = await accountOf(env, account).admits({ credential: jti, cluster });
  if (answer === 'revoked') rememberRefusal(env, caller, 'revoked');
  if (typeof answer === 'string') return answer === 'revoked' ? undefined : answer;
  // A cluster's audit calls people by the names that they chose.
  const { name } = answer;
  const named = name === '' ? caller : { ...caller, printed: JSON.stringify({ ...caller.claims, name }) };
  if (admitted.size >= MAX_ADMISSIONS) admitted.clear();
  admitted.set(key, { until: now + ADMISSION_KEPT_MS, caller: named });
  return named;
}

/** The account's person has another name from now on. Other machines of the service learn it within a minute. */
export function forgetAdmissions(account: string): void {
  for (const [key, { caller }] of admitted) if (caller.claims.account === account) admitted.delete(key);
}

export function accountOf(env: Env, account: string): AccountRpc {
  return rpcOf<AccountRpc>(env.ACCOUNT.getByName(account) as unknown as Callable);
}
