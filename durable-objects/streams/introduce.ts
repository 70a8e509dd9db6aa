/**
 * The cluster object's part of a stream: choose the protocol, make session and ticket, tell the
 * agent, and answer the Worker. It moves no bytes.
 */
import { failure, type Reason, type Status } from '../../kube/machinery/status.ts';
import { chooseLogProtocol } from '../../wire/log-protocol.ts';
import { BEARER_SUBPROTOCOL_PREFIX, type ServerMessage } from '../../wire/socket.ts';
import {
  EXEC_SUBPROTOCOLS,
  HTTP_SUBPROTOCOL,
  type Introduction,
  LOG_SUBPROTOCOL,
  type OpenStream,
  PORT_FORWARD_SUBPROTOCOL,
  type StreamSpec,
} from '../../wire/stream.ts';

export interface IntroducePorts {
  /** Whether the node's agent is connected. */
  connected(node: string): boolean;
  /** Sends to the node's agent. */
  send(node: string, message: ServerMessage): boolean;
  simulated(node: string): boolean;
  uuid(): string;
  /** The ticket with which the node's agent opens the session. */
  ticket(session: string, node: string): Promise<string>;
}

/** The client's request. */
export interface StreamAsk {
  /** The id of the client's token. */
  holder: string;
  /** The milliseconds for which that token still counts. */
  milliseconds: number;
  /** The `Upgrade` header, if any. */
  upgrade?: string;
  /** The `Sec-WebSocket-Protocol` header, if any. */
  protocols?: string;
}

export const NOT_CONNECTED = (node: string): string => `error dialing backend: node "${node}" is not connected`;

export type Introduced = { ok: true; introduction: Introduction } | { ok: false; status: Status };

/**
 * An unreachable node is reported before a wrong protocol: kubectl tries SPDY when a WebSocket is refused,
 * and prints only the second answer.
 */
export async function introduce(spec: StreamSpec, ask: StreamAsk, ports: IntroducePorts): Promise<Introduced> {
  if (ports.simulated(spec.node)) {
    return fail(
      501,
      'NotImplemented',
      `node "${spec.node}" is simulated: its containers do not run, so ${spec.kind === 'http' ? 'nothing listens there' : `${spec.kind} has nothing to show`}. ` +
        'Join a machine (islet token create --print-join-command) to run them',
    );
  }
  const unreachable = () => fail(500, '', NOT_CONNECTED(spec.node));
  if (!ports.connected(spec.node)) return unreachable();
  const chosen = chooseProtocol(spec, ask);
  if ('refusal' in chosen)
    return spec.kind === 'logs' ? fail(403, 'Forbidden', chosen.refusal) : fail(400, 'BadRequest', chosen.refusal);
  const { protocol } = chosen;
  const session = ports.uuid();
  const ticket = await ports.ticket(session, spec.node);
  const stream: OpenStream = { spec, protocol };
  const { holder, milliseconds } = ask;
  const sent = ports.send(spec.node, { type: 'open-stream', session, ticket, holder, milliseconds, stream });
  if (!sent) return unreachable();
  return { ok: true, introduction: { session, ticket, kind: spec.kind, protocol } };
}

function chooseProtocol(spec: StreamSpec, ask: StreamAsk): { protocol: string } | { refusal: string } {
  if (spec.kind === 'http' && !spec.upgrade) return { protocol: HTTP_SUBPROTOCOL };
  const needs = spec.kind === 'port-forward' ? 'kubectl 1.31' : 'kubectl 1.30';
  const upgrade = ask.upgrade?.toLowerCase();
  if (spec.kind === 'logs' && upgrade !== 'websocket') return { protocol: LOG_SUBPROTOCOL };
  if (upgrade !== 'websocket') {
    const why = upgrade?.startsWith('spdy/') ? 'SPDY cannot be served here' : 'Upgrade request required';
    if (spec.kind === 'http') return { refusal: `${why}: connections are proxied as WebSockets alone` };
    return { refusal: `${why}: ${spec.kind} needs a WebSocket client (${needs} or newer)` };
  }
  if (spec.kind === 'logs') return chooseLogProtocol(ask.protocols);
  const offered = (ask.protocols ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => !name.startsWith(BEARER_SUBPROTOCOL_PREFIX));
  // The server is asked for the client's first.
  if (spec.kind === 'http') return { protocol: offered[0] ?? '' };
  const spoken: readonly string[] = spec.kind === 'port-forward' ? [PORT_FORWARD_SUBPROTOCOL] : EXEC_SUBPROTOCOLS;
  const protocol = spoken.find((name) => offered.includes(name));
  if (protocol) return { protocol };
  return {
    refusal: `unable to negotiate protocol: client supports ${JSON.stringify(offered)}, server accepts ${JSON.stringify(spoken)}`,
  };
}

function fail(code: number, reason: Reason | '', message: string): Introduced {
  return { ok: false, status: failure(reason, message, code) };
}
