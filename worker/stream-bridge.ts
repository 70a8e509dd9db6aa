/**
 * exec, attach, port-forward and logs: the cluster object has authorised and introduced; here the client is connected to
 * the session object, and a log stream becomes a chunked response (`wire/stream.ts`).
 */

import { failure } from '../kube/machinery/status.ts';
import { INTRODUCTION_HEADER, type Introduction } from '../wire/stream.ts';
import { type LogSocket, readLogs } from '../wire/stream-logs.ts';
import { type EdgeResponse, type Env, respond } from './env.ts';
import { statusResponse } from './statuses.ts';

export async function bridgeStream(env: Env, cluster: string, header: string): Promise<EdgeResponse> {
  const introduction = JSON.parse(header) as Introduction;
  const session = env.STREAM_SESSION.getByName(`${cluster}/${introduction.session}`);
  const answer = await session.fetch('http://session/client', {
    headers: { upgrade: 'websocket', [INTRODUCTION_HEADER]: header },
  });
  if (introduction.kind !== 'logs' || !answer.webSocket) return answer;

  const socket = answer.webSocket;
  socket.accept();
  const log = await readLogs(socket as unknown as LogSocket);
  if (!log.ok) {
    const { message = '', code } = log.status as { message?: string; code?: number };
    return statusResponse({ ...failure('InternalError', message), ...(log.status as object), code: code ?? 500 });
  }
  return respond(log.body as unknown as BodyInit, {
    headers: { 'Content-Type': 'text/plain', 'Cache-Control': 'no-cache, private', 'Content-Encoding': 'identity' },
  });
}

/** An agent's end of a session. The ticket in the query is its credential, and the session checks it. */
export function dialSession(env: Env, cluster: string, session: string, query: string): Promise<EdgeResponse> {
  return env.STREAM_SESSION.getByName(`${cluster}/${session}`).fetch(`http://session/agent?${query}`, {
    headers: { upgrade: 'websocket' },
  });
}
