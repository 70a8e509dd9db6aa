/** The headers of a client's request that go on to a proxied server, and those that tell it of the client. */
import { asciiJson, headerBytes, isEndToEnd } from '../../wire/headers.ts';
import type { HttpBody } from '../../wire/http-call.ts';
import type { ProxiedRequest } from '../../wire/stream.ts';
import { withoutSession } from '../auth/credentials.ts';
import type { EdgeRequest } from '../env.ts';
import type { Site } from './links.ts';

/**
 * Headers of the client that are for the API server alone, those that name a user to a server behind a front proxy
 * (apiserver `pkg/endpoints/filters/authentication.go` clears them of every request), and those that the edge's own network
 * adds.
 */
const NOT_PASSED_ON =
  /^(authorization|content-length|expect|host|impersonate-.*|x-remote-(user|uid|group|extra-.*)|islet-.*|cf-.*|sec-websocket-.*)$/;

/** Headers that tell the server how its client sees it: said here alone. */
const FORWARDED: ReadonlySet<string> = new Set(['x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-uri']);

/** The client's headers that go on to the server, as bytes. */
export function passedOn({ headers }: EdgeRequest, isOwnSite = false): [string, string][] {
  const connection = headers.get('connection');
  return [...headers].flatMap(([name, value]): [string, string][] => {
    // At a site of its own, the server alone asks its clients to sign in.
    const isServers = isOwnSite && name === 'authorization';
    if (!isEndToEnd(name, connection) || (NOT_PASSED_ON.test(name) && !isServers)) return [];
    const passed = name === 'cookie' ? withoutSession(value) : value;
    return passed === undefined ? [] : [[name, headerBytes(passed)]];
  });
}

/** The headers of a request for a WebSocket that go on to the server, those about the client included: ASCII JSON of pairs. */
export function passedOnUpgrade(request: EdgeRequest, isOwnSite = false): string {
  return asciiJson([...passedOn(request, isOwnSite), ...clientOf(request)]);
}

function clientOf({ headers }: EdgeRequest): [string, string][] {
  const address = headers.get('cf-connecting-ip');
  const forwarded: [string, string][] = address === null ? [] : [['x-forwarded-for', address]];
  return [['host', headers.get('host') ?? ''], ...forwarded];
}

export function headersOf(
  request: EdgeRequest,
  { headers: own, path, isFrontProxy }: ProxiedRequest,
  site: Site | undefined,
  content: HttpBody,
): [string, string][] {
  // Only this server says who asks; and what the answer is encoded in is the Worker's business.
  const isOurs = (name: string): boolean =>
    Object.hasOwn(own, name) ||
    (isFrontProxy === true && (name.startsWith('x-remote-') || name === 'accept-encoding')) ||
    (site !== undefined && FORWARDED.has(name));
  const headers = [...passedOn(request, site?.isOwn), ...clientOf(request)].filter(([name]) => !isOurs(name));
  if (site) {
    headers.push(
      ['x-forwarded-host', site.host],
      ['x-forwarded-proto', request.url.startsWith('https:') ? 'https' : 'http'],
    );
    headers.push(['x-forwarded-uri', site.prefix + (path.split('?', 1)[0] ?? '')]);
  }
  const length = content instanceof Uint8Array ? String(content.length) : request.headers.get('content-length');
  // A body of unknown length has to be framed.
  if (length !== null && length !== '0') headers.push(['content-length', length]);
  else if (content && length === null) headers.push(['transfer-encoding', 'chunked']);
  for (const [name, value] of Object.entries(own)) {
    for (const one of typeof value === 'string' ? [value] : value) headers.push([name, one]);
  }
  return headers;
}
