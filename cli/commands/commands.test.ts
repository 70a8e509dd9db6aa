/** Commands as processes, with a service that counts what it is asked to make. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { kubeconfigText } from '../local/kubeconfig.ts';
import { keptService, writeService } from '../local/service-file.ts';

let folder: string;
const made: string[] = [];
const server = createServer((request, response) => {
  if (request.method === 'POST') made.push(request.url ?? '');
  const isGood = request.headers.authorization === 'Bearer good';
  response.writeHead(isGood ? 200 : 401).end(JSON.stringify({ items: [], id: 'a', token: 'good', message: 'refused' }));
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'islet-commands-'));
  made.length = 0;
  if (!server.listening) await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterEach(() => rmSync(folder, { recursive: true }));

const address = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

async function islet(args: string[], env: Record<string, string> = {}) {
  const main = join(import.meta.dirname, '..', 'main.ts');
  const { ISLET_SECRET: _, ...rest } = process.env;
  const child = spawn(process.execPath, ['--no-warnings', main, ...args], {
    env: { ...rest, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = text(child.stdout);
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += String(chunk);
  });
  const [code] = await once(child, 'close');
  return { code, errors, output: await output };
}

test('a cluster is not created where its context cannot be written', async () => {
  const kubeconfig = join(folder, 'config');
  writeFileSync(kubeconfig, 'no: [kubeconfig');
  writeService(folder, { server: address(), dashboard: '', account: 'default', token: 'good' });
  const { code, errors } = await islet(['clusters', 'create', 'x', '--state', folder, '--kubeconfig', kubeconfig]);
  expect([code, errors]).toEqual([1, expect.stringContaining('the kubeconfig is not readable as YAML')]);
  expect(made).toEqual([]);
});

test('an account is not opened where its token cannot be kept', async () => {
  const state = join(folder, 'file');
  writeFileSync(state, '');
  const { code, errors } = await islet(['login', '--server', address(), '--state', state], { ISLET_SECRET: 'good' });
  expect([code, errors]).toEqual([1, expect.stringContaining(`cannot write to ${state}`)]);
  expect(made).toEqual([]);
});

test('a sign-in that is still good is taken up again without a secret', async () => {
  const state = join(folder, 'state');
  mkdirSync(state);
  const service = { server: address(), dashboard: '', account: 'default', token: 'good' };
  writeService(state, service);
  writeService(state, { ...service, server: 'https://127.0.0.1:7443', token: 'local' });
  const good = await islet(['login', '--server', address(), '--state', state]);
  expect([good.code, keptService(state)?.token]).toEqual([0, 'good']);
  writeService(state, { ...service, token: 'revoked' });
  const { code, errors } = await islet(['login', '--server', address(), '--state', state]);
  expect([code, errors]).toEqual([1, expect.stringContaining('$ISLET_SECRET')]);
});

test('a cluster that was deleted is said to be, also where its context cannot be taken away', async () => {
  const kubeconfig = join(folder, 'config');
  writeFileSync(kubeconfig, kubeconfigText({ name: 'islet-x', server: `${address()}/clusters/a`, token: 't' }));
  writeFileSync(`${kubeconfig}.lock`, '');
  writeService(folder, { server: address(), dashboard: '', account: 'default', token: 'good' });
  const args = ['clusters', 'delete', 'x', '--state', folder, '--kubeconfig', kubeconfig];
  const { code, errors, output } = await islet(args);
  expect([code, output, errors]).toEqual([1, 'cluster x deleted\n', expect.stringContaining('kubeconfig is locked')]);
});
