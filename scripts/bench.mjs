// `npm run bench`: on the toolchain's Node 24. Plain JavaScript that Node 20 runs.
import { spawnSync } from 'node:child_process';
import { ensureInstalled, ROOT, withNode24 } from './toolchain.mjs';

await ensureInstalled();
const { status } = spawnSync('node', ['bench/main.ts', ...process.argv.slice(2)], {
  cwd: ROOT,
  stdio: 'inherit',
  env: withNode24(),
});
process.exit(status ?? 1);
