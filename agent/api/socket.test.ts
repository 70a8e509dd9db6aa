import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { FakeClock } from '../testing/fake-clock.ts';
import { ClusterSocket } from './socket.ts';

/** Answers each upgrade with the next of `answers`, and takes it when there is none left. */
async function rig(answers: number[]) {
  const sockets = new WebSocketServer({ noServer: true });
  const server = createServer();
  server.on('upgrade', (request, connection, head) => {
    const status = answers.shift();
    if (status === undefined)
      sockets.handleUpgrade(request, connection, head, (client) => sockets.emit('connection', client));
    else connection.end(`HTTP/1.1 ${status} No\r\ncontent-length: 2\r\n\r\nno`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const clock = new FakeClock();
  const seen = { warnings: [] as string[], messages: [] as unknown[], refused: 0, lost: 0 };
  const socket = new ClusterSocket(
    {
      server: `http://127.0.0.1:${(server.address() as AddressInfo).port}/clusters/c`,
      token: () => 't',
      userAgent: 'test',
      publicKey: 'key',
      clock,
      random: () => 0.5,
      log: { info: () => {}, warn: (text) => void seen.warnings.push(text) },
    },
    {
      up: () => {},
      events: () => {},
      message: (message) => void seen.messages.push(message),
      down: () => void seen.lost++,
      refused: () => void seen.refused++,
    },
  );
  return {
    seen,
    clock,
    socket,
    sockets,
    [Symbol.dispose]() {
      socket.close();
      for (const client of sockets.clients) client.terminate();
      server.close();
    },
  };
}

test('A cluster that answers the upgrade with an error is dialled again until it takes it', async () => {
  using it = await rig([503, 429, 401]);
  it.socket.dial();
  await expect
    .poll(async () => {
      await it.clock.advance(1_000);
      return it.socket.open;
    })
    .toBe(true);
  expect(it.seen.warnings).toEqual([
    'connection to the cluster: the cluster answered 503',
    'connection to the cluster: the cluster answered 429',
    'connection to the cluster: the cluster answered 401',
  ]);
  expect(it.seen.refused).toBe(1);
});

test('A mark is sent back when it arrives, and is no message for the agent', async () => {
  using it = await rig([]);
  it.socket.dial();
  await expect.poll(() => it.socket.open).toBe(true);
  const [cluster] = it.sockets.clients;
  const received = new Promise((resolve) => cluster?.once('message', (data) => resolve(JSON.parse(String(data)))));
  cluster?.send('!{"type":"mark","mark":"a1"}');
  expect(await received).toEqual({ type: 'credit', mark: 'a1' });
  expect(it.seen.messages).toEqual([]);
});

test('A cluster that takes each connection and ends it at once is dialled less and less often', async () => {
  using it = await rig([]);
  let connections = 0;
  it.sockets.on('connection', (client) => {
    connections++;
    client.close(1011);
  });
  it.socket.dial();
  for (const [before, wait] of [250, 500, 1000, 2000].entries()) {
    await expect.poll(() => it.seen.lost).toBe(before + 1);
    await it.clock.advance(wait - 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(connections).toBe(before + 1);
    await it.clock.advance(1);
  }
});
