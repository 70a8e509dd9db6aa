#!/usr/bin/env node
// The `islet` command, in plain JavaScript that Node 20 runs. In a package what it runs is built; in a clone that is
// made of the sources first, where they are newer.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { whenNpmEnds } from './npm-parent.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 11)) {
  stop(`Islet needs Node 20.11 or newer; this is Node ${process.versions.node}: install one from https://nodejs.org.`);
}
whenNpmEnds(() => process.kill(process.pid, 'SIGTERM'));
if (existsSync(join(root, 'scripts', 'build', 'lib.mjs'))) {
  if (!existsSync(join(root, 'node_modules'))) stop(`the packages are not installed: run \`npm ci\` in ${root}`);
  const { ensureLib } = await import('../scripts/build/lib.mjs');
  await ensureLib();
}
await import('../dist/lib/main.js');

function stop(message) {
  console.error(message);
  process.exit(1);
}
