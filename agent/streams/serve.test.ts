import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import type { Folders } from '../files/folders.ts';
import type { Runtime } from '../runtimes/runtime.ts';
import { StreamServer } from './serve.ts';

test('what was opened with a token ends when that is revoked or expires, and nothing else', async () => {
  const sessions = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(sessions, 'listening');
  const ended: string[] = [];
  sessions.on('connection', (socket, { url = '' }) => {
    socket.on('close', () => ended.push(/streams\/(\w+)/.exec(url)?.[1] ?? ''));
  });
  const streams = new StreamServer(
    {
      server: `http://127.0.0.1:${(sessions.address() as AddressInfo).port}`,
      token: () => 'node',
      userAgent: 'test',
    },
    {
      runtime: {} as Runtime,
      folders: {} as Folders,
      log: { info: () => {}, warn: () => {}, error: () => {} },
      now: () => 0,
      find: () => ({ metadata: {} }) as never,
      // The runtime is slow, so that nothing ends by itself.
      listing: () => new Promise(() => {}),
    },
  );
  const spec = { kind: 'exec', namespace: 'default', pod: 'p', podUID: 'u', container: 'c', command: ['sh'] };
  const YEAR = 365 * 24 * 3600_000;
  for (const [session, holder, milliseconds] of [
    ['one', 'leaked', YEAR],
    ['two', 'kept', YEAR],
    ['three', 'leaked', 60_000],
    ['four', 'short', 100],
  ] as const) {
    const stream = { spec, protocol: 'v5.channel.k8s.io' };
    streams.open({ session, ticket: 't', holder, milliseconds, stream });
    await once(sessions, 'connection');
  }
  const closed = [...sessions.clients].filter((_, index) => index !== 1).map((socket) => once(socket, 'close'));
  streams.closeFor('leaked');
  await Promise.all(closed);
  expect(ended.sort()).toEqual(['four', 'one', 'three']);
  streams.close();
  sessions.close();
});
