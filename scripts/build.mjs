// Builds the service and the dashboard; with --dry-run-deploy also asks wrangler whether they would deploy.
// Plain JavaScript that Node 20 runs.
import { spawnSync } from 'node:child_process';
import { ensureInstalled, ROOT, withNode24 } from './toolchain.mjs';

await ensureInstalled();
run('node', ['scripts/build.ts', ...(process.argv.includes('--only') ? ['web'] : [])]);
if (process.argv.includes('--dry-run-deploy')) {
  run('wrangler', ['deploy', '--dry-run', '--outdir', 'dist/deploy']);
}

function run(command, args) {
  const quiet = { WRANGLER_SEND_METRICS: 'false', WRANGLER_SEND_ERROR_REPORTS: 'false', WRANGLER_HIDE_BANNER: 'true' };
  const { status } = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit', env: withNode24(quiet) });
  if (status !== 0) process.exit(status ?? 1);
}
