import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test('Ctrl-C ends a join whose cluster takes the connection and does not answer', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const state = mkdtempSync(join(tmpdir(), 'islet-join-'));
  const server = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/clusters/c`;
  writeFileSync(join(state, 'node.json'), JSON.stringify({ server, nodeName: 'n1', token: 't' }));
  const main = join(import.meta.dirname, '..', 'main.ts');
  const child = spawn(process.execPath, ['--no-warnings', main, 'join', '--state', state], { stdio: 'ignore' });
  await once(silent, 'connection');
  const before = performance.now();
  child.kill('SIGINT');
  const [code] = await once(child, 'exit');
  expect(code).toBe(130);
  expect(performance.now() - before).toBeLessThan(3_000);
  expect(existsSync(join(state, 'lock'))).toBe(false);
  silent.close();
  rmSync(state, { recursive: true });
}, 30_000);
