/**
 * The cookie of a sign-in that is under way at a provider: signed, for ten minutes, and sent back with the browser's
 * return from there, which a Strict cookie is not. Another browser does not have it, so it cannot end the sign-in.
 */
import type { Claims, PendingSignIn } from '../../../wire/identity.ts';
import type { KeySet } from '../../../wire/tokens.ts';
import type { Location } from '../../location.ts';
import { cookieName, cookieValue } from '../credentials.ts';

const SECONDS = 600;

export interface BegunSignIn extends PendingSignIn {
  state: string;
  /** Milliseconds since the epoch. */
  expires: number;
}

/** Milliseconds since the epoch. */
export function begunAt({ expires }: BegunSignIn): number {
  return expires - SECONDS * 1000;
}

/** A `Set-Cookie` header. `now` in milliseconds. */
export async function signInCookie(
  location: Location,
  keys: KeySet,
  state: string,
  signIn: PendingSignIn,
  now: number,
): Promise<string> {
  const iat = Math.floor(now / 1000);
  const claims: Claims = {
    iss: 'islet',
    sub: `islet:oidc:${signIn.provider}`,
    iat,
    exp: iat + SECONDS,
    jti: state,
    groups: [],
    use: 'oidc',
    signIn,
  };
  const token = await keys.sign(claims);
  return `${cookieName(location, 'oidc')}=${token}; ${attributes(location)}; Max-Age=${SECONDS}`;
}

/** A `Set-Cookie` header that takes it from the browser. */
export function endedSignInCookie(location: Location): string {
  return `${cookieName(location, 'oidc')}=; ${attributes(location)}; Max-Age=0`;
}

/** The sign-in that a `Cookie` header is about; undefined for none, or one that is over. */
export async function signInOf(
  header: string | null,
  location: Location,
  keys: KeySet,
  now: number,
): Promise<BegunSignIn | undefined> {
  const token = cookieValue(header, cookieName(location, 'oidc'));
  if (!token) return undefined;
  try {
    const { use, signIn, jti, exp } = await keys.verify(token, now);
    return use === 'oidc' && signIn ? { ...signIn, state: jti, expires: exp * 1000 } : undefined;
  } catch {
    return undefined;
  }
}

function attributes({ secure }: Location): string {
  return `Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
}
