// `npm run kubectl-table -- [KUBECTL …]`: tries every command with each of these kubectls, or with the one that the tests
// find, and writes docs/kubectl.md. Plain JavaScript that Node 20 runs.
import { ensureInstalled, run, withNode24 } from './toolchain.mjs';

await ensureInstalled();
const asked = process.argv.slice(2);
let code = 0;
for (const kubectl of asked.length > 0 ? asked : [undefined]) {
  const env = withNode24(kubectl === undefined ? {} : { KUBECTL: kubectl });
  for (const [suite, file] of [
    ['kubectl', 'e2e/kubectl/commands.test.ts'],
    ['nodes', 'e2e/nodes/commands.test.ts'],
  ]) {
    code ||= await run('vitest', ['run', '--project', suite, file], { env });
  }
}
code ||= await run('node', ['e2e/kubectl/commands/write.ts']);
process.exit(code);
