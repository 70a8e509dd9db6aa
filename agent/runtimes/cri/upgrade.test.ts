import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { upgradeToSpdy } from './upgrade.ts';

const UPGRADED = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n';

let server: Server;
afterEach(() => server.close());

/** A runtime that agrees to stream, and then does `talk`. */
async function runtime(talk: (socket: Socket) => void): Promise<string> {
  server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      socket.pause();
      socket.write(UPGRADED, () => talk(socket));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/exec/token`;
}

test('the runtime’s last output arrives, although it reads no more and the writes to it fail', async () => {
  // Closing with something unread resets the connection.
  const url = await runtime((socket) => setTimeout(() => socket.end('exit code 3', () => socket.destroy()), 20));
  for (let round = 0; round < 20; round++) {
    const socket = await upgradeToSpdy(url, 'v4.channel.k8s.io', new AbortController().signal);
    let heard = '';
    socket.on('error', () => {});
    socket.on('data', (chunk) => (heard += chunk));
    const flood = setInterval(() => socket.writable && socket.write(Buffer.alloc(64 << 10)), 0);
    await new Promise((resolve) => socket.once('close', resolve));
    clearInterval(flood);
    expect(heard).toBe('exit code 3');
  }
});

test('an aborted upgrade is ended, whether the runtime has answered or not', async () => {
  let closed = 0;
  const url = await runtime((socket) => socket.on('close', () => closed++).resume());
  const wanted = new AbortController();
  const socket = await upgradeToSpdy(url, 'v4.channel.k8s.io', wanted.signal);
  wanted.abort();
  await expect.poll(() => closed).toBe(1);
  expect(socket.destroyed).toBe(true);
  await expect(upgradeToSpdy(url, 'v4.channel.k8s.io', wanted.signal)).rejects.toThrow(/abort/);
});
