/**
 * A real kubectl: the one that KUBECTL names, from the PATH when it is 1.30 or newer, else built from its published Go
 * module where Go is there.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const OLDEST_MINOR = 30;
const BUILT = { kubernetes: 'v1.36.3', staging: 'v0.36.3' };

export type Found = { path: string } | { skip: string };

let found: Promise<Found> | undefined;

export function findKubectl(): Promise<Found> {
  found ??= find();
  return found;
}

async function find(): Promise<Found> {
  if (process.env.KUBECTL) return { path: process.env.KUBECTL };
  const minor = await minorOf('kubectl');
  if (minor !== undefined && minor >= OLDEST_MINOR) return { path: 'kubectl' };
  const built = join(homedir(), '.cache', 'islet-e2e', `kubectl-${BUILT.kubernetes}`);
  if (existsSync(built)) return { path: built };
  try {
    await run('go', ['version']);
  } catch {
    const why = minor === undefined ? 'no kubectl in the PATH' : `kubectl in the PATH is 1.${minor}`;
    return { skip: `${why}; 1.${OLDEST_MINOR} or newer is needed, and there is no Go to build one with` };
  }
  await build(built);
  return { path: built };
}

/** Of a client; undefined where there is none. */
export async function minorOf(kubectl: string): Promise<number | undefined> {
  try {
    const { stdout } = await run(kubectl, ['version', '--client', '-o', 'json']);
    const { clientVersion } = JSON.parse(stdout) as { clientVersion: { minor: string } };
    return Number.parseInt(clientVersion.minor, 10);
  } catch {
    return undefined;
  }
}

/**
 * kubectl's module names its siblings by `replace`, which counts only in the main module: so they are repeated in one.
 */
async function build(target: string): Promise<void> {
  const folder = `${target}.src`;
  await mkdir(folder, { recursive: true });
  const go = (...args: string[]) =>
    run('go', args, { cwd: folder, env: { ...process.env, GOFLAGS: '-mod=mod' }, maxBuffer: 64 << 20 });
  const { stdout } = await run('go', ['mod', 'download', '-json', `k8s.io/kubernetes@${BUILT.kubernetes}`]);
  const { GoMod } = JSON.parse(stdout) as { GoMod: string };
  const { stdout: parsed } = await run('go', ['mod', 'edit', '-json', GoMod]);
  const module = JSON.parse(parsed) as { Go: string; Replace: { Old: { Path: string }; New: { Path: string } }[] };
  const staged = module.Replace.filter((entry) => entry.New.Path.startsWith('./staging/'));
  const replaces = staged.map(({ Old }) => `replace ${Old.Path} => ${Old.Path} ${BUILT.staging}`);
  const lines = ['module islet-e2e', `go ${module.Go}`, `require k8s.io/kubernetes ${BUILT.kubernetes}`, ...replaces];
  await writeFile(join(folder, 'go.mod'), `${lines.join('\n')}\n`);
  await writeFile(
    join(folder, 'tools.go'),
    'package main\n\nimport _ "k8s.io/kubernetes/cmd/kubectl/app"\n\nfunc main() {}\n',
  );
  await go('get', 'k8s.io/kubernetes/cmd/kubectl');
  await go('build', '-o', target, 'k8s.io/kubernetes/cmd/kubectl');
}
