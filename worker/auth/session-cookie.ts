/** The cookie of a dashboard's session. */
import type { NewSession } from '../../wire/account-rpc.ts';
import type { Location } from '../location.ts';
import { cookieName } from './credentials.ts';

/**
 * A `Set-Cookie` header. `kept`: until the session ends; else until the browser is closed. It is sent with requests of
 * the service's own pages only.
 */
export function sessionCookie(location: Location, { token, seconds }: NewSession, kept: boolean): string {
  return `${cookieName(location)}=${token}; ${attributes(location)}${kept ? `; Max-Age=${seconds}` : ''}`;
}

/** A `Set-Cookie` header that takes the session from the browser. */
export function endedCookie(location: Location): string {
  return `${cookieName(location)}=; ${attributes(location)}; Max-Age=0`;
}

function attributes({ secure }: Location): string {
  return `Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
}
