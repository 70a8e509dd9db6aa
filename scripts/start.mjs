// `npm start`: installs what running needs, then `islet up` with the arguments after `--`. Plain JavaScript: Node 20
// runs it.
import { ensureInstalled } from './toolchain.mjs';

await ensureInstalled('run');
process.argv.splice(2, 0, 'up');
await import('../cli/islet.mjs');
