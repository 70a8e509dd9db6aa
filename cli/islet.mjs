#!/usr/bin/env node
// The `islet` command. Plain JavaScript that Node 20 runs: it starts cli/main.ts on the Node 24 that the packages bring.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const major = Number(process.versions.node.split('.')[0]);
if (major < 20) {
  console.error(
    `Islet needs Node 20 or newer to start; this is Node ${process.versions.node}: install one from https://nodejs.org.`,
  );
  process.exit(1);
}
const node = findNode24();
if (!node) {
  const fix =
    process.platform === 'linux' ? `run \`npm ci\` in ${dirname(here)}` : 'install it from https://nodejs.org';
  console.error(`Islet runs on Node 24 (its packages bring it on Linux): ${fix}.`);
  process.exit(1);
}
// The channel tells the child when this process dies, however it dies.
const child = spawn(node, ['--disable-warning=ExperimentalWarning', join(here, 'main.ts'), ...process.argv.slice(2)], {
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
// npm puts a shell between itself and us, and a shell that is ended passes nothing on.
if (process.env.npm_lifecycle_event) {
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), 250).unref();
}
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));

function findNode24() {
  const wrapped = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  try {
    const folder = dirname(createRequire(import.meta.url).resolve(`${wrapped}/package.json`));
    const binary = join(folder, 'bin', 'node');
    if (existsSync(binary)) return binary;
  } catch {
    // No such package on this machine: its own Node may do.
  }
  return major >= 24 && existsSync(join(here, '..', 'node_modules')) ? process.execPath : undefined;
}
