/**
 * Every field of every kind is tried with valid values, values at a bound and wrong ones, in dry-run creates and updates on
 * a real kube-apiserver and on Islet: objects, Status bodies and warnings must be equal.
 * `PEERS=FOLDER node e2e/differential/fields/run.ts [COUNT] [SEED] [PLURAL,…]`: COUNT requests a kind and verb, 0 for all.
 * With IN_PROCESS=1 Islet's API runs within this process; ANSWERS=FILE keeps upstream's answers for the next run.
 */
import { setTimeout } from 'node:timers/promises';
import { startIslet } from '../../../bench/targets/islet.ts';
import { startPeer } from '../../../bench/targets/peer.ts';
import type { Json } from '../mutations.ts';
import { loadSubjects, Scope, type Subject } from '../subjects.ts';
import { mutationsAt, places, withMutation } from './cases.ts';
import { compareAnswers } from './compare.ts';
import { type Definitions, loadDefinitions, schemaOf } from './openapi.ts';
import { type Ask, inProcess, overHttp, remembered } from './server.ts';

const { PEERS, IN_PROCESS, ANSWERS } = process.env;
if (!PEERS) throw new Error('PEERS names the folder of etcd-server and kube-apiserver; it is not set');
const [count = 300, seed = 1] = process.argv.slice(2, 4).map(Number);
const wanted = (process.argv[4] ?? '').split(',').filter((plural) => plural !== '');
const subjects = loadSubjects(wanted).filter(({ manifest }) => manifest.kind !== 'Widget');
const AT_ONCE = 12;
const SHOWN = 2;

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
  const ours = await startOurs();
  const theirs = overHttp(peer);
  const definitions = await loadDefinitions(async (path) => JSON.parse((await theirs({ method: 'GET', path })).text));
  const scope = new Scope(0);
  for (const ask of [theirs, ours]) await open(ask, scope);
  for (const subject of subjects) await tryKind(definitions, subject, scope, remembered(theirs, ANSWERS), theirs, ours);
} finally {
  for (const stop of stops) await stop();
}
const sorted = [...sorts].sort(([, a], [, b]) => b.times - a.times);
for (const [index, [signature, { times, kinds, examples }]] of sorted.entries()) {
  console.log([`\n${index + 1}. ${times} × ${signature}`, `in ${[...kinds].join(', ')}`, ...examples].join('\n   '));
}
console.log(`\n${totals.join('\n')}\n${sorts.size} sorts of difference`);
process.exitCode = sorts.size > 0 ? 1 : 0;

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
}

async function tryKind(
  definitions: Definitions,
  subject: Subject,
  scope: Scope,
  theirs: Ask,
  theirsNow: Ask,
  ours: Ask,
): Promise<void> {
  const { apiVersion, kind } = subject.manifest;
  const schema = schemaOf(definitions, apiVersion, kind);
  if (!schema) {
    totals.push(`${apiVersion} ${kind}: not served by upstream`);
    return;
  }
  const tried = places(definitions, schema).filter(
    ({ path }) => path[1] !== 'managedFields' || subject.kind.plural === 'configmaps',
  );
  const all = tried.flatMap((place) => mutationsAt(definitions, place).map(({ value }) => ({ place, value })));
  const chosen = sample(all, count);
  const collection = scope.collection(subject);
  const object = scope.manifest(subject, 'base');
  let [asked, differed] = [0, 0];
  const began = Date.now();
  const judge = (method: string, mutation: (typeof all)[number], upstream: Answers, islet: Answers): void => {
    asked++;
    const found = compareAnswers(collection, upstream, islet);
    if (!found) return;
    differed++;
    const sort = sorts.get(found.signature) ?? { times: 0, kinds: new Set(), examples: [] };
    sorts.set(found.signature, sort);
    sort.times++;
    sort.kinds.add(subject.kind.plural);
    if (sort.examples.length >= SHOWN * 4) return;
    const { path, peer: expected, islet: seen } = found.difference;
    sort.examples.push(
      `${method} ${apiVersion} ${kind} ${mutation.place.path.join('.')} = ${JSON.stringify(mutation.value)?.slice(0, 300)}`,
      `at ${path}`,
      `  upstream ${JSON.stringify(expected)?.slice(0, 1500)}`,
      `  Islet    ${JSON.stringify(seen)?.slice(0, 1500)}`,
    );
  };
  const query = '?dryRun=All&fieldValidation=Strict&fieldManager=differential';
  await parallel(chosen, async (mutation) => {
    const body = JSON.stringify(withMutation(definitions, object, mutation.place, mutation.value));
    const request = { method: 'POST', path: collection + query, body };
    judge('POST', mutation, ...(await both(theirs, ours, request, request)));
  });
  const created = { method: 'POST', path: `${collection}?fieldManager=differential`, body: JSON.stringify(object) };
  await both(theirsNow, ours, created, created);
  // Controllers of a definition write its status, and would make each update a conflict.
  if (kind === 'CustomResourceDefinition') await setTimeout(3000);
  const path = `${collection}/${scope.name(subject, 'base')}`;
  const [before, here] = (await both(theirsNow, ours, { method: 'GET', path }, { method: 'GET', path })).map(
    ({ status, text }) => (status === 200 ? (JSON.parse(text) as Json) : undefined),
  );
  if (before && here) {
    const own = ({ metadata: { resourceVersion, uid, creationTimestamp } }: Json) => ({
      resourceVersion,
      uid,
      creationTimestamp,
    });
    await parallel(sample(all, count), async (mutation) => {
      const [at, mine] = [before, here].map((each) => {
        const changed = withMutation(definitions, without(each), mutation.place, mutation.value);
        const metadata =
          typeof changed.metadata === 'object' && changed.metadata
            ? { ...own(each), ...changed.metadata }
            : changed.metadata;
        return { method: 'PUT', path: `${path}${query}`, body: JSON.stringify({ ...changed, metadata }) };
      }) as [Json, Json];
      judge('PUT', mutation, ...(await both(theirsNow, ours, at, mine)));
    });
    await both(theirsNow, ours, { method: 'DELETE', path }, { method: 'DELETE', path });
  } else totals.push(`${apiVersion} ${kind}: the base object was refused by ${before ? 'Islet' : 'upstream'}`);
  const rate = Math.round((asked * 1000) / Math.max(Date.now() - began, 1));
  totals.push(`${apiVersion} ${kind}: ${asked} of ${2 * all.length} requests, ${differed} differ (${rate}/s)`);
  console.error(totals.at(-1));
}

type Answers = Awaited<ReturnType<Ask>>;

function without(object: Json): Json {
  const copy = structuredClone(object);
  for (const field of ['resourceVersion', 'uid', 'creationTimestamp', 'managedFields']) delete copy.metadata[field];
  return copy;
}

async function both(
  theirs: Ask,
  ours: Ask,
  at: Parameters<Ask>[0],
  here: Parameters<Ask>[0],
): Promise<[Answers, Answers]> {
  return Promise.all([theirs(at), ours(here)]);
}

/** Chosen by the seed. */
function sample<T>(from: readonly T[], n: number): T[] {
  if (n === 0 || n >= from.length) return [...from];
  let state = seed * 2_654_435_761 + 1;
  const keyed = from.map((each) => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 3_266_489_917) >>> 0;
    return [state, each] as const;
  });
  return keyed
    .sort(([a], [b]) => a - b)
    .slice(0, n)
    .map(([, each]) => each);
}

async function parallel<T>(items: readonly T[], run: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) await run(next);
    }),
  );
}
