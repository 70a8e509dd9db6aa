// The whole of `npm test`: the checks, then the suites from fastest to the most real, each by name:
// `npm test -- unit kubectl` runs only those. Plain JavaScript that Node 20 runs.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { ensureInstalled, run } from './toolchain.mjs';

const SUITES = ['check', 'unit', 'build', 'workerd', 'kubectl', 'clients', 'nodes', 'browser', 'deploy'];

await ensureInstalled();
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !SUITES.includes(name));
if (unknown.length > 0) {
  console.error(`no such suite: ${unknown.join(', ')}; there are ${SUITES.join(', ')}`);
  process.exit(1);
}

// A suite that is ended from outside is not followed by the next.
let isStopped = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => (isStopped = true));
const started = Date.now();
const results = [];
const failures = [];
for (const suite of SUITES) {
  if (isStopped || (asked.length > 0 && !asked.includes(suite))) continue;
  const from = Date.now();
  console.log(`\n== ${suite}`);
  results.push({ suite, status: await runSuite(suite), seconds: Math.round((Date.now() - from) / 1000) });
}
console.log('');
for (const line of failures) console.log(line);
for (const { suite, status, seconds } of results) console.log(`${status.padEnd(7)} ${suite} (${seconds} s)`);
const count = (status) => results.filter((result) => result.status === status).length;
console.log(`${Math.round((Date.now() - started) / 1000)} s in all`);
console.log(`suites: ${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`);
process.exit(count('failed') === 0 && !isStopped ? 0 : 1);

async function runSuite(suite) {
  if (suite === 'check') return outcome(await run('node', ['scripts/check.mjs']));
  if (suite === 'build') return outcome(await run('node', ['scripts/build.mjs']));
  if (suite === 'deploy') return outcome(await run('node', ['scripts/build.mjs', '--dry-run-deploy']));
  const report = join(mkdtempSync(join(tmpdir(), 'islet-test-')), 'report.json');
  try {
    // A suite may be several projects: `workerd` has one that runs inside workerd.
    const projects = ['--project', suite, '--project', `${suite}-*`];
    const reporters = ['--reporter', 'default', '--reporter', 'json', `--outputFile.json=${report}`];
    if ((await run('vitest', ['run', ...projects, ...reporters])) !== 0) {
      failures.push(...failuresOf(suite, report));
      return 'failed';
    }
    const { numPassedTests } = JSON.parse(readFileSync(report, 'utf8'));
    return numPassedTests > 0 ? 'passed' : 'skipped';
  } finally {
    rmSync(dirname(report), { recursive: true, force: true });
  }
}

// A line for each file and each test that failed: a log of which only the end is kept names them, too.
function failuresOf(suite, report) {
  if (!existsSync(report)) return [`${suite}: ended without a report`];
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(process.cwd(), name);
    const tests = assertionResults.filter((test) => test.status === 'failed');
    if (tests.length === 0) return status === 'failed' ? [`${suite}: ${file}: ${beginningOf(message)}`] : [];
    return tests.map((test) => `${suite}: ${file} > ${test.title}: ${beginningOf(test.failureMessages[0])}`);
  });
}

function beginningOf(message = '') {
  return message.split('\n').slice(0, 6).join('\n    ');
}

function outcome(code) {
  return code === 0 ? 'passed' : 'failed';
}
