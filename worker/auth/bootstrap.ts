/** Opening an account with the deployment's bootstrap secret, of which the deployment itself knows only the SHA-256. */
import { ADMINISTRATOR } from '../../wire/identity.ts';
import type { Env } from '../env.ts';
import { keySet } from './keys.ts';

/** Commands open the account for themselves, and what cannot be revoked must not live long. */
const ACCOUNT_TOKEN_SECONDS = 3600;

/** An account token, or undefined when the secret is wrong. `now` in milliseconds since the epoch. */
export async function openAccount(
  env: Env,
  authorization: string | null,
  account: string,
  now: number,
): Promise<string | undefined> {
  const secret = /^bearer\s+(\S+)\s*$/i.exec(authorization ?? '')?.[1];
  if (!secret || !env.ISLET_BOOTSTRAP_SECRET) return undefined;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(secret)));
  if (!sameText(hex(digest), env.ISLET_BOOTSTRAP_SECRET.trim().toLowerCase())) return undefined;
  const seconds = Math.floor(now / 1000);
  return keySet(env).sign({
    iss: 'islet',
    sub: ADMINISTRATOR.sub,
    iat: seconds,
    exp: seconds + ACCOUNT_TOKEN_SECONDS,
    jti: crypto.randomUUID(),
    groups: [...ADMINISTRATOR.groups],
    account,
    use: 'account',
  });
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Takes as long for a wrong text as for a right one. */
function sameText(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let at = 0; at < a.length; at++) difference |= a.charCodeAt(at) ^ b.charCodeAt(at);
  return difference === 0;
}
