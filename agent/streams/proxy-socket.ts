/**
 * A WebSocket of a client's that is proxied to a server: the agent has one end of the stream session, whose other end is
 * the client's, and opens a WebSocket to the server. Messages go from one to the other; a side that does not read stops
 * the other.
 */
import WebSocket from 'ws';
import { joinHostPort } from '../../kube/machinery/join-host-port.ts';
import { headersByName } from '../../wire/headers.ts';
import type { HttpAnswerHead, HttpRequestHead, HttpTarget, StreamSpec } from '../../wire/stream.ts';
import { endToEnd, inWordsOfGo, tlsOptions } from './http-call.ts';

type HttpSpec = Extract<StreamSpec, { kind: 'http' }>;

/** Bytes that may wait in a socket before the other one is told to wait. */
const HIGH_WATER = 512 * 1024;
/** Bytes of an HTTP answer that are read where no WebSocket was opened. */
const MAX_ANSWER = 64 * 1024;

/** The error of a WebSocket that the server did not open; `answer`: its HTTP answer, where it gave one. */
export class NoSocket extends Error {
  readonly answer: { head: HttpAnswerHead; body: Buffer } | undefined;

  constructor(message: string, answer?: { head: HttpAnswerHead; body: Buffer }) {
    super(message);
    this.answer = answer;
  }
}

/** Resolves when both are closed. Rejects, in the words of Go's client, when there is no such server. */
export async function serveProxySocket(client: WebSocket, spec: HttpSpec, protocol: string): Promise<void> {
  const leaves = new AbortController();
  client.once('close', () => leaves.abort());
  const head = spec.upgrade ?? { path: '/', headers: [] };
  const server = await dialServer(spec.target, head, protocol === '' ? [] : [protocol], leaves.signal);
  await joinSockets(client, server);
}

/** The server's WebSocket, paused. Rejects with a {@link NoSocket}. */
export function dialServer(
  target: HttpTarget,
  { path, headers }: Pick<HttpRequestHead, 'path' | 'headers'>,
  protocols: string[],
  signal: AbortSignal,
): Promise<WebSocket> {
  const { host, port, tls } = target;
  return new Promise((resolve, reject) => {
    const url = `${tls ? 'wss' : 'ws'}://${joinHostPort(host, port)}${path}`;
    const server = new WebSocket(url, protocols, {
      headers: headersByName(headers),
      perMessageDeflate: false,
      handshakeTimeout: 30_000,
      maxPayload: 64 * 1024 * 1024,
      ...(tls && tlsOptions(tls, host)),
    });
    signal.addEventListener('abort', () => server.terminate());
    server.once('open', () => {
      server.pause();
      resolve(server);
    });
    server.on('error', (error) => reject(new NoSocket(inWordsOfGo(error, target))));
    server.on('unexpected-response', (_, answer) => {
      const status = answer.statusCode ?? 502;
      const chunks: Buffer[] = [];
      let size = 0;
      const end = (): void => {
        const head = { status, headers: endToEnd(answer) };
        reject(new NoSocket(`Unexpected server response: ${status}`, { head, body: Buffer.concat(chunks) }));
        // This listener, and not the library, ends the connection once the answer has been read.
        server.terminate();
      };
      answer.on('data', (chunk: Buffer) => {
        size += chunk.length;
        chunks.push(chunk);
        if (size > MAX_ANSWER) answer.destroy();
      });
      answer.once('close', end);
    });
  });
}

/** Resolves when both are closed. */
export function joinSockets(client: WebSocket, server: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    server.on('error', () => {});
    pump(client, server);
    pump(server, client);
    client.once('close', (code, reason) => end(server, code, reason));
    server.once('close', (code, reason) => {
      end(client, code, reason);
      resolve();
    });
    if (client.readyState === WebSocket.CLOSED) server.terminate();
    client.resume();
    server.resume();
  });
}

function pump(from: WebSocket, to: WebSocket): void {
  from.on('message', (data: Buffer, isBinary) => {
    if (to.readyState !== WebSocket.OPEN) return;
    to.send(data, { binary: isBinary }, () => {
      if (to.bufferedAmount < HIGH_WATER) from.resume();
    });
    if (to.bufferedAmount >= HIGH_WATER) from.pause();
  });
}

/** Closes with the other side's code, where that is one that may be sent (RFC 6455, 7.4). */
function end(socket: WebSocket, code: number, reason: Buffer): void {
  const isOwn = code >= 3000 && code < 5000;
  const isSent = code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code);
  if (isOwn || isSent) socket.close(code, reason);
  else if (code === 1006) socket.close(1011, 'the other side broke off');
  else socket.close();
}
