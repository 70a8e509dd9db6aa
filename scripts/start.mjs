// `npm start`: installs what is missing, then `islet up` with the arguments after `--`.
// Plain JavaScript that Node 20 runs; everything behind it runs on the Node 24 that the packages bring.
import { ensureInstalled } from './toolchain.mjs';

await ensureInstalled();
process.argv.splice(2, 0, 'up');
await import('../cli/islet.mjs');
