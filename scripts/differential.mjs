// `npm run differential`: on the toolchain's Node 24. Plain JavaScript that Node 20 runs.
import { ensureInstalled, run } from './toolchain.mjs';

await ensureInstalled();
const [which, ...rest] = process.argv.slice(2);
const main = which === 'fields' ? 'fields/run.ts' : 'sequences/run.ts';
const args = which === 'fields' || which === 'sequences' ? rest : process.argv.slice(2);
process.exit(await run('node', [`e2e/differential/${main}`, ...args]));
