// `npm pack` runs this first: everything that the package holds, built. Plain JavaScript that Node 20 runs.
import { spawnSync } from 'node:child_process';
import { ensureInstalled, ROOT, withNode24 } from './toolchain.mjs';

await ensureInstalled();
// npm's own answer goes to standard output, and nothing else does.
const stdio = ['ignore', 2, 2];
const { status } = spawnSync('node', ['scripts/package.ts'], { cwd: ROOT, stdio, env: withNode24() });
process.exit(status ?? 1);
