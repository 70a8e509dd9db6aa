// The whole of `npm test`: the checks, then the suites from fastest to the most real, each by name:
// `npm test -- unit kubectl` runs only those. Plain JavaScript that Node 20 runs.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureInstalled, ROOT, withNode24 } from './toolchain.mjs';

const SUITES = ['check', 'unit', 'build', 'workerd', 'kubectl', 'clients', 'nodes', 'browser', 'deploy'];

await ensureInstalled();
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !SUITES.includes(name));
if (unknown.length > 0) {
  console.error(`no such suite: ${unknown.join(', ')}; there are ${SUITES.join(', ')}`);
  process.exit(1);
}

const started = Date.now();
const results = [];
for (const suite of SUITES) {
  if (asked.length > 0 && !asked.includes(suite)) continue;
  const from = Date.now();
  console.log(`\n== ${suite}`);
  results.push({ suite, status: runSuite(suite), seconds: Math.round((Date.now() - from) / 1000) });
}
console.log('');
for (const { suite, status, seconds } of results) console.log(`${status.padEnd(7)} ${suite} (${seconds} s)`);
const count = (status) => results.filter((result) => result.status === status).length;
console.log(`${Math.round((Date.now() - started) / 1000)} s in all`);
console.log(`suites: ${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`);
process.exit(count('failed') === 0 ? 0 : 1);

function runSuite(suite) {
  if (suite === 'check') return run('node', ['scripts/check.mjs']);
  if (suite === 'build') return run('node', ['scripts/build.mjs']);
  if (suite === 'deploy') return run('node', ['scripts/build.mjs', '--dry-run-deploy']);
  const folder = join(ROOT, 'e2e', suite);
  if (suite !== 'unit' && !(existsSync(folder) && readdirSync(folder).some((file) => file.endsWith('.test.ts')))) {
    console.log(`skipped: no tests in e2e/${suite}`);
    return 'skipped';
  }
  // A suite may be several projects: `workerd` has one that runs inside workerd.
  return run('vitest', ['run', '--project', suite, '--project', `${suite}-*`]);
}

function run(command, args) {
  const { status } = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit', env: withNode24() });
  return status === 0 ? 'passed' : 'failed';
}
