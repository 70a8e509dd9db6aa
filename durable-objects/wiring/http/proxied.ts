/** A proxied request on its way between Worker and object. */
import type { Request as CfRequest, Response as CfResponse } from '@cloudflare/workers-types';
import { failure, type Status } from '../../../kube/machinery/status.ts';
import type { Claims } from '../../../wire/identity.ts';
import {
  DIRECT_HEADER,
  type DirectCall,
  type HttpTarget,
  PROXIED_HEADERS,
  type ProxiedRequest,
  type StreamSpec,
} from '../../../wire/stream.ts';
import { page } from '../../apiserver/negotiate/respond.ts';
import { OutboundError } from '../../apiserver/outbound.ts';
import type { StreamAnswer } from '../../apiserver/request.ts';
import { directRoad } from '../outbound/outbound.ts';
import { statusResponse } from './responses.ts';

/** The WebSocket that a client asks for instead of an answer. */
export function upgraded(
  stream: StreamSpec,
  { path, headers: own, isFrontProxy }: ProxiedRequest,
  { headers }: CfRequest,
): StreamSpec {
  if (stream.kind !== 'http') return stream;
  const passed = JSON.parse(headers.get(PROXIED_HEADERS) ?? '[]') as [string, string][];
  // The user is named by this server alone: a client's headers of these names are dropped.
  const isOurs = (name: string): boolean =>
    Object.hasOwn(own, name) || (isFrontProxy === true && name.startsWith('x-remote-'));
  const others = passed.filter(([name]) => !isOurs(name));
  const given = Object.entries(own).flatMap(([name, value]) => [value].flat().map((one) => [name, one] as const));
  return { ...stream, upgrade: { method: 'GET', path, headers: [...others, ...given] } };
}

/**
 * A page that comes through a proxy is one of the service's own to a browser, and could do all that the session may: so a
 * session opens none. undefined: the request goes on.
 */
export function refusedToSession(
  { use }: Pick<Claims, 'use'>,
  { http }: Pick<StreamAnswer, 'http'>,
): Status | undefined {
  if (use !== 'session' || http?.prefix === undefined) return undefined;
  return failure(
    'Forbidden',
    'a session of the dashboard opens no proxied pages, which would act in its name: use kubectl proxy',
  );
}

/** The target with its certificate on the roads that can show one: `fetch` cannot, so the key is not handed out. */
function shownBy(road: DirectCall['road'], target: HttpTarget): HttpTarget {
  return road === 'launcher' ? target : { ...target, tls: { ...target.tls, client: undefined } };
}

const OTHER_UPGRADE = failure('BadRequest', 'connections are proxied as WebSockets alone');
const PUBLIC_SOCKET = failure(
  'NotImplemented',
  'connections to an aggregated API at a public address are not upgraded: ask without an upgrade',
);

/** No agent is asked: the Worker passes the request on by itself. */
export function passedOnByWorker(
  asked: Omit<DirectCall, 'road'>,
  upgrade: string | undefined,
  hasLauncher: boolean,
): CfResponse {
  if (upgrade !== undefined && upgrade.toLowerCase() !== 'websocket') return statusResponse(OTHER_UPGRADE);
  const call: typeof asked = upgrade === undefined ? asked : { ...asked, isUpgrade: true };
  try {
    const road = directRoad(call.target, call.target.tls?.caBundle, hasLauncher);
    if (call.isUpgrade && road === 'fetch') return statusResponse(PUBLIC_SOCKET);
    const text = JSON.stringify({ ...call, target: shownBy(road, call.target), road } satisfies DirectCall);
    return new Response(text, { headers: { [DIRECT_HEADER]: '1' } }) as unknown as CfResponse;
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error;
    const { status, headers, body } = page(503, `error trying to reach service: ${error.message}\n`);
    return new Response(String(body), { status, headers }) as unknown as CfResponse;
  }
}
