// Upstream's own conformance suite against an ephemeral Islet with simulated nodes. Plain JavaScript that Node 20 runs.
//   E2E=FOLDER node e2e/conformance/run.mjs [part of a name …]
// FOLDER holds e2e.test, ginkgo and kubectl, built from k8s.io/kubernetes (`go test -c ./test/e2e`, `make ginkgo
// kubectl`). Runs what passing.txt names, or of it what contains one of the parts; LIST=file names other tests,
// PROCS=n runs n at a time (3), CONTENT=application/json has the suite send JSON rather than protobuf. Exits with 1
// when a test fails.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { ensureInstalled, ROOT, withNode24 } from '../../scripts/toolchain.mjs';

const { E2E, LIST = join(import.meta.dirname, 'passing.txt'), PROCS = '3', CONTENT } = process.env;
if (!E2E) fail('E2E names the folder of e2e.test, ginkgo and kubectl; it is not set');
const tools = resolve(E2E);
const parts = process.argv.slice(2);
const names = readFileSync(LIST, 'utf8')
  .split('\n')
  .map((line) => line.trim())
  .filter((line) => line !== '' && !line.startsWith('#'))
  .filter((line) => parts.length === 0 || parts.some((part) => line.includes(part)));
if (names.length === 0) fail('no test has such a name');

await ensureInstalled();
const folder = mkdtempSync(join(tmpdir(), 'islet-conformance-'));
mkdirSync(join(folder, 'home'));
const kubeconfig = join(folder, 'kubeconfig');
const env = withNode24({ HOME: join(folder, 'home'), KUBECONFIG: kubeconfig });
env.PATH = `${tools}${delimiter}${env.PATH}`;
let failed = true;
const islet = await startIslet();
try {
  // Tests that watch the whole cluster run alone.
  const serial = names.filter((name) => name.includes('[Serial]'));
  const reports = [
    ...(await run(
      names.filter((name) => !name.includes('[Serial]')),
      PROCS,
    )),
    ...(await run(serial, '1')),
  ];
  const passed = reports.filter(({ State }) => State === 'passed').map(nameOf);
  const missing = names.filter((name) => !passed.includes(name));
  for (const report of reports.filter(({ State }) => State !== 'passed')) {
    console.log(`\nfailed: ${nameOf(report)}\n  ${report.Failure?.Message?.split('\n').slice(0, 20).join('\n  ')}`);
  }
  console.log(`\n${passed.length} passed, ${missing.length} failed`);
  for (const name of missing) console.log(`  ${name}`);
  failed = missing.length > 0;
} finally {
  islet.kill('SIGTERM');
  await new Promise((done) => (islet.exitCode === null ? islet.once('exit', done) : done()));
  rmSync(folder, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);

async function startIslet() {
  const options = ['up', '--port', '0', '--state', join(folder, 'state'), '--kubeconfig', kubeconfig];
  const child = spawn('node', [join(ROOT, 'cli', 'islet.mjs'), ...options], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const early = (code) => fail(`islet up ended with ${code}`);
  child.once('exit', early);
  await new Promise((ready) => {
    child.stdout.on('data', (text) => String(text).includes('ready') && ready());
  });
  child.off('exit', early);
  return child;
}

/** ginkgo's reports of these tests. */
async function run(tests, procs) {
  if (tests.length === 0) return [];
  const report = `report-${procs}.json`;
  const focus = tests.map((name) => name.replace(/[[\]().*+?^${}|\\]/g, '\\$&')).join('|');
  const suite = [
    `--kubeconfig=${kubeconfig}`,
    '--provider=skeleton',
    '--allowed-not-ready-nodes=-1',
    `--kubectl-path=${join(tools, 'kubectl')}`,
    ...(CONTENT ? [`--kube-api-content-type=${CONTENT}`] : []),
  ];
  const ginkgo = [`--procs=${procs}`, '--no-color', '--silence-skips', '--succinct', `--focus=${focus}`];
  const files = [`--json-report=${report}`, `--output-dir=${folder}`, join(tools, 'e2e.test'), '--', ...suite];
  const child = spawn(join(tools, 'ginkgo'), [...ginkgo, ...files], {
    cwd: folder,
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await new Promise((done) => child.once('exit', done));
  const [{ SpecReports }] = JSON.parse(readFileSync(join(folder, report), 'utf8'));
  return SpecReports.filter(
    ({ LeafNodeType, State }) => LeafNodeType === 'It' && !['skipped', 'pending'].includes(State),
  );
}

function nameOf({ ContainerHierarchyTexts, LeafNodeText }) {
  return [...(ContainerHierarchyTexts ?? []), LeafNodeText].join(' ').trim();
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
