// `npm run differential`: on the toolchain's Node 24. Plain JavaScript that Node 20 runs.
import { ensureInstalled, run } from './toolchain.mjs';

await ensureInstalled();
const [which, ...rest] = process.argv.slice(2);
const mains = new Set(['sequences', 'fields', 'controllers', 'scheduler', 'extenders']);
const named = mains.has(which);
const args = named ? rest : process.argv.slice(2);
process.exit(await run('node', [`e2e/differential/${named ? which : 'sequences'}/run.ts`, ...args]));
