/** `islet/testing` in another package, which names this one as a `file:` dependency. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ROOT } from '../../cli/local/paths.ts';

const run = promisify(execFile);

const TEST = `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ClusterOptions, startCluster, type TestCluster } from 'islet/testing';

test('a cluster of our own', async () => {
  const options: ClusterOptions = { simulatedNodes: 1 };
  await using cluster: TestCluster = await startCluster(options);
  assert.match(cluster.kubeconfig, /current-context: islet-test/);
  console.log('server', cluster.server);
});
`;

/** The link that `npm install` makes of a dependency `"islet": "file:…"`. */
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'foreign-package-'));
  await mkdir(join(folder, 'node_modules', '@types'), { recursive: true });
  await symlink(ROOT, join(folder, 'node_modules', 'islet'));
  await symlink(join(ROOT, 'node_modules', '@types', 'node'), join(folder, 'node_modules', '@types', 'node'));
  const manifest = { name: 'foreign', type: 'module', devDependencies: { islet: `file:${ROOT}` } };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await writeFile(join(folder, 'cluster.test.ts'), TEST);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('a test file of that package runs, ends by itself, and leaves no file and no port', async () => {
  const own = join(folder, 'own');
  await mkdir(own);
  const env = { ...process.env, TMPDIR: own, HOME: own };
  const { stdout } = await run(process.execPath, ['--test', 'cluster.test.ts'], { cwd: folder, timeout: 30_000, env });
  const port = Number(/server https:\/\/127\.0\.0\.1:(\d+)/.exec(stdout)?.[1]);
  expect(stdout).toMatch(/pass 1\n/);
  await expect(connection(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  expect(await readdir(own)).toEqual([]);
});

test('a strict compiler with options of its own takes it', async () => {
  const compilerOptions = {
    target: 'ESNext',
    module: 'NodeNext',
    strict: true,
    noEmit: true,
    types: ['node'],
    verbatimModuleSyntax: true,
    exactOptionalPropertyTypes: true,
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
  const compiler = join(ROOT, 'node_modules', '.bin', 'tsc');
  const { stdout } = await run(compiler, ['-p', folder]).catch((error) => error);
  expect(stdout).toBe('');
});

function connection(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(port, '127.0.0.1', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
}
