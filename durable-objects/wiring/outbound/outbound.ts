/**
 * The roads of the way out: through a node's agent to a Service of the cluster; to other addresses
 * through the local launcher where the service runs on its user's machine, and by `fetch` to public ones otherwise.
 * Redirects are followed on none.
 */
import { joinHostPort } from '../../../kube/machinery/join-host-port.ts';
import { LAUNCHER_PATH, type LauncherAnswer, type LauncherRequest } from '../../../wire/launcher.ts';
import { isPublicHost } from '../../../wire/public-hosts.ts';
import {
  MAX_OUTBOUND_BODY,
  type Outbound,
  OutboundError,
  type OutboundRequest,
  type ServiceReference,
} from '../../apiserver/outbound.ts';
import { HeldAnswers, limitedText } from './limited-text.ts';
import { type Dial, throughAgent } from './through-agent.ts';

type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface OutboundPorts {
  /** The local launcher, where there is one. */
  launcher?: Fetch;
  /** The runtime's. */
  fetch: Fetch;
  dial: Dial;
  /** Code units of answers that are held while the rest of them comes. */
  maxHeld?: number;
}

type Ports = OutboundPorts & { held: HeldAnswers };

/** The launcher is given a little longer than the call itself may take. */
const LAUNCHER_GRACE_MS = 1000;

/** Of one cluster. */
export function makeOutbound(given: OutboundPorts): Outbound {
  const ports: Ports = { ...given, held: new HeldAnswers(given.maxHeld) };
  const { launcher } = ports;
  return async (request) => {
    const { to } = request;
    if ('service' in to) return toService(ports, request, to.service);
    return launcher ? throughLauncher(launcher, request, { url: to.url }) : byFetch(ports, request, to.url);
  };
}

function toService(ports: Ports, request: OutboundRequest, service: ServiceReference) {
  const { launcher } = ports;
  const { namespace, name, path, endpoint, plain } = service;
  if (!endpoint) throw new OutboundError(`no road to the Service ${namespace}/${name} is known`);
  if (endpoint.node !== undefined) return throughAgent(ports, request, service, endpoint);
  const { host, port } = endpoint;
  const url = `${plain ? 'http' : 'https'}://${joinHostPort(host, port)}${path}`;
  if (directRoad(endpoint, request.caBundle, launcher !== undefined) === 'fetch') return byFetch(ports, request, url);
  return throughLauncher(launcher as Fetch, request, {
    url,
    serverName: request.serverName ?? `${name}.${namespace}.svc`,
  });
}

/** The road to an address that no agent is asked for. Throws an OutboundError where there is none. */
export function directRoad(
  { host, port }: { host: string; port: number },
  caBundle: string | undefined,
  hasLauncher: boolean,
): 'launcher' | 'fetch' {
  if (hasLauncher) return 'launcher';
  if (!isPublicHost(asUrlHas(host))) {
    throw new OutboundError(
      `no agent of a node is connected, through which alone ${host}:${port} may be reached: join a machine (islet token create --print-join-command)`,
    );
  }
  if (caBundle) throw new OutboundError(`${host} ${EDGE_TRUST}`);
  return 'fetch';
}

/** `fetch` reads addresses in more forms than one, such as `0x7f.1`, and is asked for what this answers. */
function asUrlHas(host: string): string {
  return URL.parse(`https://${host.includes(':') ? `[${host}]` : host}/`)?.hostname ?? '';
}

const EDGE_TRUST = 'is called from the edge, which trusts public authorities alone: leave caBundle out';

async function throughLauncher(
  launcher: Fetch,
  { to: _, client, ...request }: OutboundRequest,
  to: Pick<LauncherRequest, 'url' | 'serverName'>,
): ReturnType<Outbound> {
  const ask: LauncherRequest = { ...request, ...to, maxBytes: MAX_OUTBOUND_BODY, client: await client?.() };
  let answer: LauncherAnswer;
  try {
    const response = await launcher(`http://launcher${LAUNCHER_PATH}`, {
      method: 'POST',
      body: JSON.stringify(ask),
      signal: AbortSignal.timeout(ask.timeoutMs + LAUNCHER_GRACE_MS),
    });
    answer = (await response.json()) as LauncherAnswer;
  } catch (error) {
    throw new OutboundError(`the local launcher does not answer: ${(error as Error).message}`);
  }
  if (!answer.ok) throw new OutboundError(`${answer.message} (through the local launcher)`);
  return answer;
}

async function byFetch({ fetch, held }: Ports, request: OutboundRequest, url: string): ReturnType<Outbound> {
  const { caBundle, method, headers, body, timeoutMs } = request;
  const { hostname, protocol } = new URL(url);
  if (protocol !== 'https:' || !isPublicHost(hostname)) {
    throw new OutboundError(`${hostname} is no public address: a hosted cluster calls public https:// addresses alone`);
  }
  if (caBundle) {
    throw new OutboundError(`${hostname} ${EDGE_TRUST}`);
  }
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, { method, headers: singleValues(headers), body, redirect: 'manual', signal });
    const text = await limitedText(response.body, held);
    return { status: response.status, headers: Object.fromEntries(response.headers), body: text };
  } catch (error) {
    if (error instanceof OutboundError) throw error;
    const { name, message } = error as Error;
    throw new OutboundError(
      name === 'TimeoutError' ? 'context deadline exceeded' : `by fetch from the edge: ${message}`,
    );
  }
}

function singleValues(headers: OutboundRequest['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
