// `npm run fuzz`: on the toolchain's Node 24. Plain JavaScript that Node 20 runs.
import { ensureInstalled, run } from './toolchain.mjs';

await ensureInstalled();
process.exit(await run('node', ['e2e/fuzz/main.ts', ...process.argv.slice(2)]));
