/**
 * Programs written in Go with client-go: `go-client/` makes its own checks, and prints a line for each that is good.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startCluster } from 'islet/testing';
import { expect, test } from 'vitest';

const run = promisify(execFile);
const SOURCE = join(import.meta.dirname, 'go-client');
/** Downloading and compiling client-go takes minutes where it was never done. */
const BUILD_MS = 300_000;

const skip = await reason();
if (skip) console.log(`skipped: ${skip}`);

test.skipIf(skip)(
  'client-go works: both encodings, informers, pages, tables, discovery, leader election',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'islet-go-client-'));
    try {
      const [program, kubeconfig] = [join(folder, 'program'), join(folder, 'config')];
      await run('go', ['build', '-o', program, '.'], { cwd: SOURCE, timeout: BUILD_MS });
      await using cluster = await startCluster();
      await writeFile(kubeconfig, cluster.kubeconfig);
      const { stdout } = await run(program, [kubeconfig], { timeout: 60_000 }).catch((error) => error);
      const lines = String(stdout).trim().split('\n');
      expect(lines.filter((line) => !line.startsWith('ok '))).toEqual([]);
      expect(lines).toHaveLength(15);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
  BUILD_MS + 60_000,
);

/** The reason why this cannot be run here. */
async function reason(): Promise<string | undefined> {
  try {
    await run('go', ['mod', 'download'], { cwd: SOURCE, timeout: BUILD_MS });
    return undefined;
  } catch (error) {
    const { code, stderr = '' } = error as { code?: unknown; stderr?: string };
    return code === 'ENOENT' ? 'no Go in the PATH' : `Go cannot fetch client-go: ${stderr.trim().split('\n').at(-1)}`;
  }
}
