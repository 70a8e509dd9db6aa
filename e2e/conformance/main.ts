/**
 * Upstream's own conformance suite against Islet with simulated nodes: `E2E=FOLDER npm run conformance [-- PART …]`.
 * FOLDER holds e2e.test, ginkgo and kubectl, built from k8s.io/kubernetes (`go test -c ./test/e2e`,
 * `make ginkgo kubectl`). Runs what passing.txt names on several fresh clusters, and writes docs/conformance.md. ALL=1
 * runs the tests of tests.txt besides that need no container, which takes hours: a test of what is not built waits for
 * its ten minutes. With parts, runs the tests whose names contain one of them, and writes nothing. LIST=file names
 * other tests, PROCS=n makes n clusters (3), CONTENT=application/json has the suite send JSON rather than protobuf.
 * Exits with 1 when a test fails that passing.txt (or the list) names.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { type ConformanceTest, conformanceReport, type Result } from './report.ts';

const ROOT = join(import.meta.dirname, '../..');
const VERSION = '1.36.3';
const { ALL, E2E, LIST, PROCS = '3', CONTENT } = process.env;
if (!E2E) fail('E2E names the folder of e2e.test, ginkgo and kubectl; it is not set');
const tools = resolve(E2E);
const parts = process.argv.slice(2);
const universe = lines(join(import.meta.dirname, 'tests.txt')).map((line): ConformanceTest => {
  const space = line.indexOf(' ');
  return { needs: line.slice(0, space) as ConformanceTest['needs'], name: line.slice(space + 1) };
});
const expected = lines(LIST ?? join(import.meta.dirname, 'passing.txt'));
const isWanted = (name: string) => parts.length === 0 || parts.some((part) => name.includes(part));
const conformance =
  LIST || !(ALL || parts.length > 0)
    ? []
    : universe.filter(({ needs }) => needs === 'simulated').map(({ name }) => name);
const names = [...new Set([...expected, ...conformance])].filter(isWanted);
if (names.length === 0) fail('no test has such a name');

const folder = mkdtempSync(join(tmpdir(), 'islet-conformance-'));
mkdirSync(join(folder, 'home'));
const state = join(folder, 'state');
const env: NodeJS.ProcessEnv = {
  ...process.env,
  HOME: join(folder, 'home'),
  KUBECONFIG: join(folder, 'kubeconfig'),
  PATH: `${tools}${delimiter}${process.env.PATH}`,
};
let failed = true;
const islet = await startIslet();
try {
  // Slow tests stand together in the list, so each cluster gets every n-th.
  const clusters = Math.min(Number(PROCS), names.length);
  const shards = Array.from({ length: clusters }, (_, shard) => names.filter((_, i) => i % clusters === shard));
  const reports = (await Promise.all(shards.map(runShard))).flat();
  const results = new Map(
    reports.map((report): [string, Result] => [
      nameOf(report),
      { passed: report.State === 'passed', message: report.Failure?.Message },
    ]),
  );
  const missing = names.filter((name) => !results.get(name)?.passed);
  for (const name of missing) {
    const message = results.get(name)?.message ?? 'did not run';
    console.log(`\nfailed: ${name}\n  ${message.split('\n').slice(0, 20).join('\n  ')}`);
  }
  const lost = missing.filter((name) => expected.includes(name));
  const found = names.filter((name) => results.get(name)?.passed && !expected.includes(name));
  console.log(`\n${names.length - missing.length} passed, ${missing.length} failed`);
  for (const name of lost) console.log(`  no longer passes: ${name}`);
  for (const name of found) console.log(`  passes, and is not in passing.txt: ${name}`);
  if (parts.length === 0 && !LIST) {
    writeFileSync(join(ROOT, 'docs', 'conformance.md'), conformanceReport(universe, results, VERSION));
  }
  failed = lost.length > 0;
} finally {
  islet.kill('SIGTERM');
  await new Promise<unknown>((done) => (islet.exitCode === null ? islet.once('exit', done) : done(0)));
  rmSync(folder, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);

/** The part of a ginkgo report that is read. */
interface SpecReport {
  ContainerHierarchyTexts?: string[];
  LeafNodeType: string;
  LeafNodeText: string;
  State: string;
  Failure?: { Message?: string };
}

function lines(file: string): string[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

async function startIslet(): Promise<ChildProcess> {
  const child = isletCommand(['up', '--port', '0', '--state', state]);
  const early = (code: number | null): never => fail(`islet up ended with ${code}`);
  child.once('exit', early);
  await new Promise<void>((ready) => {
    child.stdout?.on('data', (text) => void (String(text).includes('ready') && ready()));
  });
  child.off('exit', early);
  return child;
}

function isletCommand(args: string[]): ChildProcess {
  return spawn('node', [join(ROOT, 'cli', 'islet.mjs'), ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] });
}

/** ginkgo's reports of these tests, run one after the other on a cluster of their own. */
async function runShard(tests: string[], shard: number): Promise<SpecReport[]> {
  const kubeconfig = join(folder, `kubeconfig-${shard}`);
  const created = isletCommand(['clusters', 'create', `c${shard}`, '--state', state, '--kubeconfig', kubeconfig]);
  created.stdout?.resume();
  const code = await new Promise((done) => created.once('exit', done));
  if (code !== 0) fail(`islet clusters create ended with ${code}`);
  const output = join(folder, `shard-${shard}`);
  mkdirSync(output);
  const focus = tests.map((name) => name.replace(/[[\]().*+?^${}|\\]/g, '\\$&')).join('|');
  const suite = [
    `--kubeconfig=${kubeconfig}`,
    '--provider=skeleton',
    '--allowed-not-ready-nodes=-1',
    `--kubectl-path=${join(tools, 'kubectl')}`,
    ...(CONTENT ? [`--kube-api-content-type=${CONTENT}`] : []),
  ];
  const ginkgo = ['--no-color', '--silence-skips', '--succinct', '--timeout=3h', `--focus=${focus}`];
  const files = ['--json-report=report.json', `--output-dir=${output}`, join(tools, 'e2e.test'), '--', ...suite];
  const child = spawn(join(tools, 'ginkgo'), [...ginkgo, ...files], {
    cwd: output,
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  // Upstream's clusters are always written to, and a test of lists expects that.
  const touched = setInterval(() => {
    const args = [
      '--kubeconfig',
      kubeconfig,
      'annotate',
      'namespace',
      'default',
      `touched=${Date.now()}`,
      '--overwrite',
    ];
    spawn(join(tools, 'kubectl'), args, { env, stdio: 'ignore' });
  }, 30_000);
  await new Promise((done) => child.once('exit', done));
  clearInterval(touched);
  const [report] = JSON.parse(readFileSync(join(output, 'report.json'), 'utf8')) as { SpecReports: SpecReport[] }[];
  return (report?.SpecReports ?? []).filter(
    ({ LeafNodeType, State }) => LeafNodeType === 'It' && !['skipped', 'pending'].includes(State),
  );
}

function nameOf({ ContainerHierarchyTexts, LeafNodeText }: SpecReport): string {
  return [...(ContainerHierarchyTexts ?? []), LeafNodeText].join(' ').trim();
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
