// `npm run tutorials`: plays the pages of the Kubernetes documentation (those whose name has PAGE in it), and writes
// docs/tutorials.md. Plain JavaScript that Node 20 runs.
import { ensureInstalled, run } from './toolchain.mjs';

await ensureInstalled();
let code = await run('node', ['scripts/build.mjs']);
code ||= await run('vitest', ['run', '--project', 'tutorials']);
code ||= await run('node', ['e2e/tutorials/write.ts']);
process.exit(code);
