/**
 * Every field of every kind is tried with valid values, values at a bound and wrong ones, in dry-run creates, updates
 * and applies on a real kube-apiserver and on Islet: objects, Status bodies and warnings must be equal.
 * `PEERS=FOLDER node e2e/differential/fields/run.ts [COUNT] [SEED] [PLURAL,…]`: COUNT requests a kind and verb, 0 for
 * all. With IN_PROCESS=1 Islet's API runs within this process; ANSWERS=FILE keeps upstream's answers for the next run,
 * PLACES=PATTERN tries fields whose path matches alone, VERBS=PATTERN the verbs that match (POST, PUT, PUT status, APPLY,
 * CONFLICT, JSON, STRATEGIC), and EXAMPLES=N shows N requests of each sort. Exits with 1 where something differs.
 */
import { startIslet } from '../../../bench/targets/islet.ts';
import { startPeer } from '../../../bench/targets/peer.ts';
import { loadSubjects, Scope } from '../subjects.ts';
import { loadActions, nameOf, tryAction } from './actions.ts';
import { cogs, defineCogs } from './cogs.ts';
import { loadDefinitions } from './openapi.ts';
import { type Ask, inProcess, overHttp } from './server.ts';
import { type Trial, tryKind } from './try-kind.ts';

const { PEERS, IN_PROCESS, ANSWERS, PLACES = '', VERBS = '' } = process.env;
if (!PEERS) throw new Error('PEERS names the folder of etcd-server and kube-apiserver; it is not set');
const [count = 300, seed = 1] = process.argv.slice(2, 4).map(Number);
const wanted = (process.argv[4] ?? '').split(',').filter((plural) => plural !== '');
const isWanted = (plural: string) => wanted.length === 0 || wanted.includes(plural);
const subjects = [...loadSubjects([]).filter(({ kind }) => !kind.group.endsWith('example.com')), ...cogs()].filter(
  ({ kind }) => isWanted(kind.plural),
);
const EXAMPLES = 4 * Number(process.env.EXAMPLES ?? 2);

interface Sort {
  times: number;
  kinds: Set<string>;
  examples: string[];
}

const sorts = new Map<string, Sort>();
const totals: string[] = [];
const peer = await startPeer(PEERS, 'api');
const stops = [() => peer.stop()];
try {
  const [theirs, ours] = [overHttp(peer), await startOurs()];
  const scope = new Scope(0);
  for (const ask of [theirs, ours]) await open(ask, scope);
  const definitions = await loadDefinitions(async (path) => JSON.parse((await theirs({ method: 'GET', path })).text));
  const [only, verbs] = [new RegExp(PLACES), new RegExp(VERBS)];
  const options = { theirs, ours, answers: ANSWERS, definitions, scope, count, seed, only, verbs };
  for (const subject of subjects) {
    const name = `${subject.manifest.apiVersion} ${subject.manifest.kind}`;
    await tried(name, subject.kind.plural, (told) => tryKind(subject, options, told));
  }
  for (const action of loadActions(scope.namespace)) {
    const name = nameOf(action);
    const plural = name.slice(name.lastIndexOf('/') + 1);
    if (isWanted(plural)) await tried(name, plural, (told) => tryAction(action, options, told));
  }
} finally {
  for (const stop of stops) await stop();
}
const sorted = [...sorts].sort(([, a], [, b]) => b.times - a.times);
for (const [index, [signature, { times, kinds, examples }]] of sorted.entries()) {
  console.log([`\n${index + 1}. ${times} × ${signature}`, `in ${[...kinds].join(', ')}`, ...examples].join('\n   '));
}
console.log(`\n${totals.join('\n')}\n${sorts.size} sorts of difference`);
process.exitCode = sorts.size > 0 ? 1 : 0;

async function tried(
  name: string,
  plural: string,
  run: (told: (trial: Trial) => void) => Promise<string>,
): Promise<void> {
  const began = Date.now();
  let [asked, differed] = [0, 0];
  const why = await run((trial) => {
    asked++;
    if (trial.found) differed++;
    keep(name, plural, trial);
  });
  const rate = Math.round((asked * 1000) / Math.max(Date.now() - began, 1));
  totals.push(`${name}: ${asked} requests, ${differed} differ (${rate}/s)${why === '' ? '' : `; ${why}`}`);
  console.error(totals.at(-1));
}

function keep(name: string, plural: string, { verb, place, value, found }: Trial): void {
  if (!found) return;
  const sort = sorts.get(found.signature) ?? { times: 0, kinds: new Set(), examples: [] };
  sorts.set(found.signature, sort);
  sort.times++;
  sort.kinds.add(plural);
  if (sort.examples.length >= EXAMPLES) return;
  const { path, peer: expected, islet: seen } = found.difference;
  const lines = [
    `${verb} ${name} ${place.path.join('.')} = ${JSON.stringify(value)?.slice(0, 300)}`,
    `at ${path}`,
    `  upstream ${JSON.stringify(expected)?.slice(0, 1500)}`,
    `  Islet    ${JSON.stringify(seen)?.slice(0, 1500)}`,
  ];
  sort.examples.push(...lines);
  // A run takes long: what is new shows at once.
  if (sort.times === 1) console.error(`\nnew: ${found.signature}\n   ${lines.join('\n   ')}`);
}

async function startOurs(): Promise<Ask> {
  if (IN_PROCESS) return inProcess();
  const islet = await startIslet();
  stops.push(() => islet.stop());
  return overHttp(await islet.createCluster('differential', 0, ['controllers', 'scheduler']));
}

async function open(ask: Ask, { namespace }: Scope): Promise<void> {
  const make = (path: string, kind: string, name: string) =>
    ask({ method: 'POST', path, body: JSON.stringify({ apiVersion: 'v1', kind, metadata: { name } }) });
  await make('/api/v1/namespaces', 'Namespace', namespace);
  await make(`/api/v1/namespaces/${namespace}/serviceaccounts`, 'ServiceAccount', 'default');
  await defineCogs(ask);
}
