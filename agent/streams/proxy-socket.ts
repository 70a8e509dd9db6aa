/**
 * A WebSocket of a client's that is proxied to a server: the agent has one end of the stream session, whose other end is
 * the client's, and opens a WebSocket to the server. Messages go from one to the other; a side that does not read stops
 * the other.
 */
import WebSocket from 'ws';
import { joinHostPort } from '../../kube/machinery/join-host-port.ts';
import { headersByName } from '../../wire/headers.ts';
import type { StreamSpec } from '../../wire/stream.ts';
import { inWordsOfGo, tlsOptions } from './http-call.ts';

type HttpSpec = Extract<StreamSpec, { kind: 'http' }>;

/** Bytes that may wait in a socket before the other one is told to wait. */
const HIGH_WATER = 512 * 1024;

/** Resolves when both are closed. Rejects, in the words of Go's client, when there is no such server. */
export function serveProxySocket(client: WebSocket, spec: HttpSpec, protocol: string): Promise<void> {
  const { host, port, tls } = spec.target;
  const { path = '/', headers = [] } = spec.upgrade ?? {};
  return new Promise((resolve, reject) => {
    const url = `${tls ? 'wss' : 'ws'}://${joinHostPort(host, port)}${path}`;
    const server = new WebSocket(url, protocol === '' ? [] : [protocol], {
      headers: headersByName(headers),
      perMessageDeflate: false,
      handshakeTimeout: 30_000,
      maxPayload: 64 * 1024 * 1024,
      ...(tls && tlsOptions(tls, host)),
    });
    let hasOpened = false;
    server.once('open', () => {
      hasOpened = true;
      pump(client, server);
      pump(server, client);
      client.resume();
    });
    server.on('error', (error) => {
      if (!hasOpened) reject(new Error(inWordsOfGo(error, spec.target)));
    });
    server.once('close', (code, reason) => {
      if (hasOpened) end(client, code, reason);
      resolve();
    });
    client.once('close', (code, reason) => {
      if (hasOpened) end(server, code, reason);
      else server.terminate();
    });
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
