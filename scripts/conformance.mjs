// `npm run conformance`: on the toolchain's Node 24. Plain JavaScript that Node 20 runs.
import { ensureInstalled, run } from './toolchain.mjs';

await ensureInstalled();
process.exit(await run('node', ['e2e/conformance/main.ts', ...process.argv.slice(2)]));
