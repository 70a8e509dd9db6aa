import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** A join, begun, whose cluster takes the connection and does not answer. */
async function begun() {
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const state = mkdtempSync(join(tmpdir(), 'islet-join-'));
  const server = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/clusters/c`;
  writeFileSync(join(state, 'node.json'), JSON.stringify({ server, nodeName: 'n1', token: 't' }));
  const main = join(import.meta.dirname, '..', 'main.ts');
  const args = ['-c', 'umask 077; exec "$@"', 'sh', process.execPath, '--no-warnings', main, 'join', '--state', state];
  const child = spawn('/bin/sh', args, { stdio: 'ignore' });
  await once(silent, 'connection');
  const end = async () => {
    child.kill('SIGKILL');
    silent.close();
    rmSync(state, { recursive: true });
  };
  return { child, state, [Symbol.asyncDispose]: end };
}

test('Ctrl-C ends a join whose cluster does not answer', async () => {
  await using made = await begun();
  const before = performance.now();
  made.child.kill('SIGINT');
  const [code] = await once(made.child, 'exit');
  expect(code).toBe(130);
  expect(performance.now() - before).toBeLessThan(3_000);
  expect(existsSync(join(made.state, 'lock'))).toBe(false);
}, 30_000);

test.runIf(process.platform === 'linux')(
  'files that containers see can be read there, whatever the umask of the shell',
  async () => {
    await using made = await begun();
    expect(readFileSync(`/proc/${made.child.pid}/status`, 'utf8')).toMatch(/^Umask:\s+0022$/m);
  },
  30_000,
);
