// What every script needs first: the packages installed, and Node 24 (from the registry package) ahead in PATH.
// Plain JavaScript that Node 20 runs.
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Not import.meta.dirname, which the first releases of Node 20 lack.
export const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MODULES = join(ROOT, 'node_modules');
const BIN = join(MODULES, '.bin');
const STAMP = join(MODULES, '.islet-installed');

/** Installs packages when they are missing or the lock file has changed since. Exits with one clear line on failure. */
export async function ensureInstalled() {
  const [major] = process.versions.node.split('.').map(Number);
  if ((major ?? 0) < 20) fail(`Islet needs Node 20 or newer to start; this is Node ${process.versions.node}.`);
  // Another clone's: npm would empty it first, whoever is using it.
  if (existsSync(BIN) && lstatSync(MODULES).isSymbolicLink()) return;
  const lock = readFileSync(join(ROOT, 'package-lock.json'), 'utf8');
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === lock) return;
  console.error('installing packages (about a minute the first time) …');
  const { status, stdout, stderr } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, NODE_ENV: '' },
  });
  if (status !== 0) fail(`npm ci failed:\n${stdout}${stderr}`);
  writeFileSync(STAMP, lock);
}

/** The environment for child processes: the packages' commands and their Node 24 come first. */
export function withNode24(extra = {}) {
  return { ...process.env, PATH: `${BIN}${delimiter}${process.env.PATH ?? ''}`, ...extra };
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
