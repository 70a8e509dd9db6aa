// Types, lint and format, import rules and circles, file sizes, dead code. Plain JavaScript that Node 20 runs.
import { ensureInstalled, run } from './toolchain.mjs';

await ensureInstalled();
const steps = [
  ['types', 'tsc', ['-p', '.']],
  ['lint and format', 'biome', ['check', '--error-on-warnings', '.']],
  ['import rules', 'node', ['scripts/check/imports.ts']],
  ['circles of imports', 'node', ['scripts/check/circles.ts']],
  ['file sizes', 'node', ['scripts/check/sizes.ts']],
  ['dead code', 'knip', ['--no-progress']],
];
let failed = 0;
for (const [name, command, args] of steps) {
  const status = await run(command, args);
  console.log(`${status === 0 ? 'ok' : 'FAILED'}: ${name}`);
  if (status !== 0) failed++;
}
process.exit(failed === 0 ? 0 : 1);
