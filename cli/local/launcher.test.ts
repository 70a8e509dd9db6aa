import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { LAUNCHER_HEAD, LAUNCHER_PATH, LAUNCHER_STREAM_PATH } from '../../wire/launcher.ts';
import { startLauncher } from './launcher.ts';

test('a server that switches protocols unasked is an error at once', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  server.on('connection', (socket) => {
    socket.once('data', () => socket.write('HTTP/1.1 101 No\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'));
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const launcher = await startLauncher('secret');
  const ask = (path: string, body: object) =>
    fetch(`http://127.0.0.1:${launcher.port}${path}`, {
      method: 'POST',
      headers: { authorization: 'Bearer secret' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(5_000),
    });
  const refused = { ok: false, message: 'backend tried to switch protocol "x" when "" was requested' };
  const limits = { timeoutMs: 60_000, maxBytes: 1000 };
  const whole = await ask(LAUNCHER_PATH, { url: `http://127.0.0.1:${port}/`, method: 'GET', headers: {}, ...limits });
  expect(await whole.json()).toEqual(refused);
  const target = { host: '127.0.0.1', port };
  const passed = await ask(LAUNCHER_STREAM_PATH, { target, method: 'GET', path: '/', headers: [] });
  expect(JSON.parse(passed.headers.get(LAUNCHER_HEAD) ?? '')).toEqual(refused);
  await launcher.stop();
  server.closeAllConnections();
  server.close();
});
