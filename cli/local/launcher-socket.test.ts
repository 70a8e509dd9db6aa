import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { asciiJson } from '../../wire/headers.ts';
import { LAUNCHER_ASK, LAUNCHER_HEAD, LAUNCHER_SOCKET_PATH, type LauncherSocketRequest } from '../../wire/launcher.ts';
import { startLauncher } from './launcher.ts';

async function rig() {
  const server = createServer((_, response) => response.writeHead(418, { 'x-own': 'yes' }).end('no socket here'));
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'talk' });
  server.on('upgrade', (request, connection, head) => {
    if (request.url === '/none') return void connection.end('HTTP/1.1 403 No\r\ncontent-length: 3\r\n\r\nno!');
    sockets.handleUpgrade(request, connection, head, (socket) => {
      socket.send(`${request.url} ${request.headers['x-mine']}`);
      socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
      socket.on('message', (data) => String(data) === 'bye' && socket.close(4001, 'as you wish'));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const launcher = await startLauncher('secret');
  const { port } = server.address() as AddressInfo;
  const open = (more: Partial<LauncherSocketRequest>, secret = 'secret', protocols = ['chat', 'talk']) => {
    const ask: LauncherSocketRequest = {
      target: { host: '127.0.0.1', port },
      path: '/ws',
      headers: [['x-mine', 'ü'.normalize('NFD').replace(/[^ -~]/g, '')]],
      protocols,
      milliseconds: 60_000,
      ...more,
    };
    return new WebSocket(`ws://127.0.0.1:${launcher.port}${LAUNCHER_SOCKET_PATH}`, protocols, {
      headers: { authorization: `Bearer ${secret}`, [LAUNCHER_ASK]: asciiJson(ask) },
    });
  };
  const stop = async () => {
    server.closeAllConnections();
    server.close();
    await launcher.stop();
  };
  return { open, [Symbol.asyncDispose]: stop };
}

/** The answer of a launcher that opens none. */
async function refusal(socket: WebSocket): Promise<unknown> {
  const [request, answer] = await once(socket, 'unexpected-response');
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  request.destroy();
  const head = answer.headers[LAUNCHER_HEAD];
  return { status: answer.statusCode, head: head && JSON.parse(head), text: Buffer.concat(chunks).toString() };
}

test('a WebSocket is passed on in the protocol of its server, with messages of both sorts and its end', async () => {
  await using made = await rig();
  const socket = made.open({});
  const seen: unknown[] = [];
  socket.on('message', (data: Buffer, isBinary) => seen.push(isBinary ? data.length : String(data)));
  await once(socket, 'open');
  expect(socket.protocol).toBe('talk');
  for (const message of [Buffer.alloc(1_000_000, 1), 'bye']) socket.send(message);
  const [code, reason] = await once(socket, 'close');
  expect([code, String(reason)]).toEqual([4001, 'as you wish']);
  expect(seen).toEqual(['/ws u', 1_000_000, 'bye']);
});

test('a socket ends with its client’s token', async () => {
  await using made = await rig();
  const [code] = await once(made.open({ milliseconds: 50 }), 'close');
  expect(code).toBe(1006);
});

test('an answer without a WebSocket goes to the client, and so does the reason why there is none', async () => {
  await using made = await rig();
  expect(await refusal(made.open({ path: '/none' }))).toMatchObject({
    status: 200,
    head: { ok: true, head: { status: 403 } },
    text: 'no!',
  });
  expect(await refusal(made.open({ target: { host: '127.0.0.1', port: 1 } }))).toEqual({
    status: 200,
    head: { ok: false, message: 'dial tcp 127.0.0.1:1: connect: connection refused' },
    text: '',
  });
  expect(await refusal(made.open({}, 'wrong'))).toMatchObject({ status: 403 });
});
