/**
 * What an authenticator is asked to sign: the id of a token of ours, which the page sends back beside the answer. So a
 * challenge that nobody answers is stored nowhere; the account that takes an answer sees to it that it counts once.
 */
import type { Env } from '../env.ts';
import { keySet } from './keys.ts';

/** `begin`: makes an account, and its first passkey. `add`: a passkey of the account that is signed in. */
export type Purpose = 'sign-in' | 'begin' | 'add';

export interface Challenge {
  id: string;
  /** Seconds since the epoch. */
  expires: number;
  /** Absent for signing in: the answer says which. */
  account?: string;
}

const SECONDS = 300;

export async function newChallenge(
  env: Env,
  purpose: Purpose,
  account?: string,
): Promise<{ id: string; token: string }> {
  const iat = Math.floor(Date.now() / 1000);
  const id = crypto.randomUUID();
  const own = { sub: 'islet:challenge', groups: [], use: 'challenge' as const, jti: id, purpose, account };
  return { id, token: await keySet(env).sign({ iss: 'islet', iat, exp: iat + SECONDS, ...own }) };
}

/** undefined for what is no challenge of this purpose, or one that has expired. */
export async function readChallenge(env: Env, token: unknown, purpose: Purpose): Promise<Challenge | undefined> {
  if (typeof token !== 'string') return undefined;
  try {
    const { use, jti, exp, account, ...claims } = await keySet(env).verify(token, Date.now());
    return use === 'challenge' && claims.purpose === purpose ? { id: jti, expires: exp, account } : undefined;
  } catch {
    return undefined;
  }
}
