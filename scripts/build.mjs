// Builds the service and the dashboard; with --dry-run-deploy also asks wrangler whether they would deploy, with
// `--only` the dashboard and documents alone. Plain JavaScript that Node 20 runs.
import { spawnSync } from 'node:child_process';
import { ensureLib } from './build/lib.mjs';
import { ensureInstalled, ROOT, withNode24 } from './toolchain.mjs';

const dryRun = process.argv.includes('--dry-run-deploy');
await ensureInstalled(dryRun ? 'all' : 'run');
const started = Date.now();
await ensureLib();
const { ensureBuilt } = await import('../dist/lib/service.js');
await ensureBuilt({ log: (line) => console.log(line), only: process.argv.includes('--only') ? 'web' : undefined });
console.log(`built dist/worker and dist/web in ${Date.now() - started} ms`);
if (dryRun) {
  const quiet = { WRANGLER_SEND_METRICS: 'false', WRANGLER_SEND_ERROR_REPORTS: 'false', WRANGLER_HIDE_BANNER: 'true' };
  const args = ['deploy', '--dry-run', '--outdir', 'dist/deploy'];
  const { status } = spawnSync('wrangler', args, { cwd: ROOT, stdio: 'inherit', env: withNode24(quiet) });
  process.exit(status ?? 1);
}
