/**
 * exec, attach, port-forward and logs: the cluster object has authorised and introduced; here the client is connected
 * to the session object, and a log stream becomes a chunked response (`wire/stream.ts`).
 */
import { INTRODUCTION_HEADER, type Introduction, LOG_SUBPROTOCOL } from '../wire/stream.ts';
import { StreamReader, type StreamSocket } from '../wire/stream-reader.ts';
import { keySet } from './auth/keys.ts';
import { type EdgeResponse, type Env, respond } from './env.ts';
import { heldBytes } from './held-bytes.ts';
import { type Asked, callThroughAgent } from './proxy/through-agent.ts';
import { statusResponse, tooManyRequests } from './statuses.ts';

const TOO_MUCH = 'the log was not read fast enough, and too much of it waited here';

export async function bridgeStream(env: Env, cluster: string, header: string, asked: Asked): Promise<EdgeResponse> {
  const introduction = JSON.parse(header) as Introduction;
  const session = env.STREAM_SESSION.getByName(`${cluster}/${introduction.session}`);
  const answer = await session.fetch('http://session/client', {
    headers: { upgrade: 'websocket', [INTRODUCTION_HEADER]: header },
  });
  const socket = answer.webSocket;
  const { http, protocol } = introduction;
  if (!socket || (protocol !== LOG_SUBPROTOCOL && !http)) return answer;
  socket.accept();
  if (http) return callThroughAgent(socket as unknown as StreamSocket, cluster, http, asked);
  let reader: StreamReader | undefined;
  const memory = heldBytes.open(cluster, () => reader?.abort(TOO_MUCH));
  if (!memory) {
    socket.close();
    return tooManyRequests();
  }
  reader = new StreamReader(socket as unknown as StreamSocket, memory);
  const log = await reader.open();
  if (!log.ok) return statusResponse(log.status);
  return respond(log.body as unknown as BodyInit, {
    headers: { 'Content-Type': 'text/plain', 'Cache-Control': 'no-cache, private', 'Content-Encoding': 'identity' },
  });
}

/**
 * Whether a ticket was issued to this node for this session, and lately. No session object wakes for another, so that a
 * node's token by itself wakes none.
 */
export async function isTicket(env: Env, ticket: string, of: { cluster: string; session: string; node: string }) {
  try {
    const { use, cluster, jti, node } = await keySet(env).verify(ticket, Date.now());
    return use === 'stream' && cluster === of.cluster && jti === of.session && node === of.node;
  } catch {
    return false;
  }
}

/** An agent's end of a session, which takes each ticket once. */
export function dialSession(env: Env, cluster: string, session: string, ticket: string): Promise<EdgeResponse> {
  const url = `http://session/agent?ticket=${encodeURIComponent(ticket)}`;
  return env.STREAM_SESSION.getByName(`${cluster}/${session}`).fetch(url, { headers: { upgrade: 'websocket' } });
}
