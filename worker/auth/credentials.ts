/** Where a request carries its token: a bearer header, a WebSocket subprotocol (browsers), or the dashboard's cookie. */
import { BEARER_SUBPROTOCOL_PREFIX } from '../../wire/socket.ts';
import type { EdgeRequest } from '../env.ts';
import type { Location } from '../location.ts';

export interface Credentials {
  token: string;
  /** A browser sends its cookie unasked, so a cookie speaks only for pages of this host. */
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

/** Cookies do not keep ports apart, and two services may run on one localhost. */
export function cookieName(location: Location): string {
  const port = /:(\d+)$/.exec(location.host)?.[1];
  return port ? `islet-session-${port}` : 'islet-session';
}

/** A request that a page of another host made is not ours to answer with the cookie's rights. */
export function isOwnOrigin(request: EdgeRequest, location: Location): boolean {
  const origin = request.headers.get('origin');
  if (origin !== null) return origin.toLowerCase() === `${location.secure ? 'https' : 'http'}://${location.host}`;
  const site = request.headers.get('sec-fetch-site');
  return site === null || site === 'same-origin' || site === 'none';
}

function cookieValue(header: string | null, name: string): string | undefined {
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
