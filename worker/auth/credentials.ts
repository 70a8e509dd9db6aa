/** The places of a request's token: a bearer header, a WebSocket subprotocol (browsers), or the dashboard's cookie. */
import { BEARER_SUBPROTOCOL_PREFIX } from '../../wire/socket.ts';
import type { EdgeRequest } from '../env.ts';
import type { Location } from '../location.ts';

export interface Credentials {
  token: string;
  /** A browser sends a cookie with the requests of any page, so it counts for pages of this host only. */
  from: 'header' | 'subprotocol' | 'cookie';
}

export function credentials(request: EdgeRequest, location: Location): Credentials | undefined {
  const header = request.headers.get('authorization');
  if (header) {
    const token = /^bearer\s+(\S+)\s*$/i.exec(header)?.[1];
    return token ? { token, from: 'header' } : undefined;
  }
  const protocols = request.headers.get('sec-websocket-protocol');
  if (protocols?.includes(BEARER_SUBPROTOCOL_PREFIX)) {
    const offered = protocols.split(',').find((protocol) => protocol.trim().startsWith(BEARER_SUBPROTOCOL_PREFIX));
    const token = decodeBase64Url(offered?.trim().slice(BEARER_SUBPROTOCOL_PREFIX.length) ?? '');
    return token ? { token, from: 'subprotocol' } : undefined;
  }
  const token = cookieValue(request.headers.get('cookie'), cookieName(location));
  return token ? { token, from: 'cookie' } : undefined;
}

/**
 * Cookies do not keep ports apart, and two services may run on one host. Over TLS the prefix makes browsers refuse one
 * that was set without it, or by a host beneath or above.
 */
export function cookieName({ host, secure }: Location, what: 'session' | 'oidc' | 'forward' = 'session'): string {
  const port = /:(\d+)$/.exec(host)?.[1];
  const name = port ? `islet-${what}-${port}` : `islet-${what}`;
  return secure ? `__Host-${name}` : name;
}

const SESSION = /^(?:__Host-)?islet-(?:session|oidc|forward)(?:-\d+)?$/;

/**
 * Whether a part of a `Cookie` header, or a `Set-Cookie` header, is about a session of the dashboard, a sign-in that is
 * under way, or a forward, on any port.
 */
export function isSessionCookie(text: string): boolean {
  return SESSION.test(text.split('=', 1)[0]?.trim() ?? '');
}

/** A `Cookie` header for a server that is not to have the session; undefined where nothing is left of it. */
export function withoutSession(header: string): string | undefined {
  const parts = header.split(';');
  const others = parts.filter((part) => !isSessionCookie(part));
  if (others.length === parts.length) return header;
  return others.map((part) => part.trim()).join('; ') || undefined;
}

/** Whether a page of this host made the request, or none: a cookie speaks for no other. */
export function isOwnOrigin(request: EdgeRequest, location: Location): boolean {
  const origin = request.headers.get('origin');
  if (origin !== null) return origin.toLowerCase() === `${location.secure ? 'https' : 'http'}://${location.host}`;
  const site = request.headers.get('sec-fetch-site');
  return site === null || site === 'same-origin' || site === 'none';
}

export function cookieValue(header: string | null, name: string): string | undefined {
  for (const part of header?.split(';') ?? []) {
    const equals = part.indexOf('=');
    if (part.slice(0, equals).trim() === name) return part.slice(equals + 1).trim();
  }
  return undefined;
}

function decodeBase64Url(text: string): string | undefined {
  try {
    return atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  } catch {
    return undefined;
  }
}
