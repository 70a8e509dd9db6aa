/**
 * WebSockets that the launcher passes on: one is opened when the server has opened its own, else the server's refusal
 * is the answer.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { MAX_TIMER } from '../../agent/clock.ts';
import { dialServer, joinSockets, type NoSocket } from '../../agent/streams/proxy-socket.ts';
import { asciiJson } from '../../wire/headers.ts';
import { LAUNCHER_ASK, LAUNCHER_HEAD, type LauncherHead, type LauncherSocketRequest } from '../../wire/launcher.ts';

export async function passSocketOn(request: IncomingMessage, connection: Duplex, head: Buffer): Promise<void> {
  connection.on('error', () => {});
  const leaves = new AbortController();
  const leave = (): void => leaves.abort();
  connection.once('close', leave);
  try {
    const ask = JSON.parse(String(request.headers[LAUNCHER_ASK])) as LauncherSocketRequest;
    const server = await dialServer(ask.target, ask, [...ask.protocols], leaves.signal);
    const handleProtocols = (): string | false => server.protocol || false;
    const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, handleProtocols });
    sockets.handleUpgrade(request, connection, head, (client) => {
      const end = (): void => {
        client.terminate();
        server.terminate();
      };
      const timer = setTimeout(end, Math.max(0, Math.min(ask.milliseconds, MAX_TIMER)));
      client.on('error', end);
      void joinSockets(client, server).then(() => clearTimeout(timer));
    });
  } catch (error) {
    const { message, answer } = error as NoSocket;
    const body = answer?.body ?? Buffer.alloc(0);
    const told: LauncherHead = answer ? { ok: true, head: answer.head } : { ok: false, message };
    connection.write(
      `HTTP/1.1 200 OK\r\n${LAUNCHER_HEAD}: ${asciiJson(told)}\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n`,
    );
    connection.end(body);
  }
}
