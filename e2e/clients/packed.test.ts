/** The npm package as others get it: packed, installed from the registry's parts, and used by its published names. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT } from '../../cli/local/paths.ts';

const run = promisify(execFile);

const TEST = `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster } from 'islet/testing';

test('a cluster of our own', async () => {
  const cluster = await startCluster({ simulatedNodes: 1 });
  assert.match(cluster.kubeconfig, /current-context: islet-test/);
  await cluster.stop();
});
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'packed-package-'));
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'foreign', type: 'module' }));
  await writeFile(join(folder, 'cluster.test.js'), TEST);
  const { stdout } = await run(process.execPath, ['scripts/package.mjs', '--to', folder], { cwd: ROOT });
  const install = ['install', `./${stdout.trim()}`, '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
  await run('npm', install, { cwd: folder });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('the package brings what it needs at run time, no build tool, and no Node in place of one’s own', async () => {
  const brought = new Set(await readdir(join(folder, 'node_modules')));
  for (const name of ['islet', 'workerd', 'pkijs']) expect(brought).toContain(name);
  for (const name of ['esbuild', 'miniflare', '@kubernetes', 'typescript', 'preact', 'jose', 'wrangler'])
    expect(brought).not.toContain(name);
  expect(await readdir(join(folder, 'node_modules', '.bin'))).not.toContain('node');
});

test('a test file starts a cluster with `islet/testing`, and ends by itself', async () => {
  const { stdout } = await run(process.execPath, ['--test', 'cluster.test.js'], { cwd: folder, timeout: 30_000 });
  expect(stdout).toMatch(/pass 1\n/);
});

test('`npx islet` is the command, and loads its agent as well', async () => {
  const { stdout } = await run('npx', ['islet', '--help'], { cwd: folder });
  expect(stdout).toContain('Usage: islet [options] [command]');
  const join = ['islet', 'join', '--server', 'https://127.0.0.1:1', '--token', 'none', '--state', folder];
  await expect(run('npx', join, { cwd: folder })).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('islet: this is not a join token'),
  });
});
