/** A real kubectl with a token of an account that is for one cluster, and may only look. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keptService } from '../../cli/local/service-file.ts';
import { Machine } from '../workerd/service.ts';
import { findKubectl } from './find-kubectl.ts';

const found = await findKubectl();
if ('skip' in found) console.log(`skipped: ${found.skip}`);

describe.skipIf('skip' in found)('a scoped token', () => {
  const machine = new Machine();
  const laptop = join(machine.folder, 'laptop');
  const config = join(machine.folder, 'scoped');

  /** kubectl's exit code, output and errors. */
  const kubectl = (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
    new Promise((resolve) => {
      const env = { PATH: process.env.PATH, HOME: machine.folder, KUBECONFIG: config };
      execFile('path' in found ? found.path : '', args, { env }, (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
      });
    });

  /** A command on the laptop's state, which trusts the service's authority. */
  const islet = async (...args: string[]): Promise<string> => {
    const token = (await machine.run('account', 'token', '--cluster', 'default', '--read-only')).trim();
    const trust = [`NODE_EXTRA_CA_CERTS=${join(machine.state, 'ca.crt')}`, `ISLET_SECRET=${token}`];
    const up = machine.command('env', ...trust, process.execPath, 'cli/islet.mjs', ...args, '--state', laptop);
    const { code, output } = await up.ended;
    if (code !== 0) throw new Error(output);
    return output;
  };

  beforeAll(async () => {
    await machine.up().ready();
    const server = keptService(machine.state)?.server ?? '';
    await islet('login', '--server', server);
    writeFileSync(config, await islet('kubeconfig'));
  });
  afterAll(() => machine[Symbol.asyncDispose]());

  test('says who it is, and sees what a viewer sees', async () => {
    expect((await kubectl('auth', 'whoami')).stdout).toMatch(/Username +islet:admin:read-only\n.*\[islet:view /);
    expect((await kubectl('get', 'nodes', '-o', 'name')).stdout).toContain('node/sim-0');
    expect((await kubectl('get', '--raw', '/api/v1/namespaces/default')).stdout).toContain('"name":"default"');
    expect((await kubectl('auth', 'can-i', 'list', 'pods')).stdout).toBe('yes\n');
    expect((await kubectl('auth', 'can-i', '*', '*')).stdout).toBe('no\n');
  });

  test.each([
    ['create', 'namespace', 'x'],
    ['run', 'x', '--image=x'],
    ['delete', 'node', 'sim-0'],
    ['label', 'node', 'sim-0', 'a=b'],
    ['get', 'secrets'],
    ['create', 'token', 'default'],
    ['get', 'pods', '--as=system:admin'],
    ['create', 'clusterrolebinding', 'x', '--clusterrole=cluster-admin', '--group=islet:view'],
  ])('cannot %s %s', async (...args) => {
    const { code, stderr } = await kubectl(...args);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/forbidden: User "islet:admin:read-only" cannot/)]);
  });
});
