/**
 * Generated sequences of requests are sent to a real kube-apiserver and to Islet: objects, managedFields, Status bodies,
 * headers, Tables and watch events must be equal, but for times, uids, revisions and random names.
 * `PEERS=FOLDER node e2e/differential/sequences/run.ts [COUNT] [SEED] [KIND,…]`; the README has the variables. Exits with 1
 * where something differs.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { startIslet } from '../../../bench/targets/islet.ts';
import { startPeer } from '../../../bench/targets/peer.ts';
import { definitions, loadSubjects, type Subject } from '../subjects.ts';
import { startInProcess } from './in-process.ts';
import { prepare } from './prepare.ts';
import { type Sequence, sequenceAt, sequences } from './sequence.ts';
import { type Ask, overHttp } from './servers.ts';
import { shrunk } from './shrink.ts';
import { type Answers, type Found, runSequence } from './trial.ts';

const { PEERS, IN_PROCESS, MINUTES, AT_ONCE = '6', OUT, REPLAY } = process.env;
if (!PEERS) throw new Error('PEERS names the folder of etcd-server and kube-apiserver; it is not set');
const [count = 1000, seed = 1] = process.argv.slice(2, 4).map(Number);
const wanted = (process.argv[4] ?? '').split(',').filter((name) => name !== '');
const subjects = new Map(loadSubjects(wanted).map((subject) => [subject.name, subject]));
if (subjects.size === 0) throw new Error('there are no such kinds');

/** The number of smaller sequences that are tried for each sort of difference. */
const MAX_TRIALS = 40;
/** A cluster within this process keeps all that was ever written, so a new one takes its place. */
const SEQUENCES_A_CLUSTER = 3000;
const TOLD_EVERY_MS = 15_000;
/** Upstream serves patches of custom resources a moment after the rest: when their schema is published. */
const PUBLISHED_MS = 3000;

const began = Date.now();
const end = MINUTES ? began + Number(MINUTES) * 60_000 : Number.POSITIVE_INFINITY;
const last = MINUTES ? Number.POSITIVE_INFINITY : count;
const known = new Map<string, number>();
const memory = new Map<string, Answers>();
let [scopes, done, requests, unsteady, next, started] = [Number(process.env.FIRST ?? 1_000_000), 0, 0, 0, 0, 0];

const peer = await startPeer(PEERS, 'api');
const stops: (() => unknown)[] = [() => peer.stop()];
try {
  const theirs = overHttp(peer);
  await prepare(theirs, definitions);
  await setTimeout(PUBLISHED_MS);
  const workerd = IN_PROCESS ? undefined : await startWorkerd();
  let current = workerd ?? (await startOurs());
  const telling = setInterval(tell, TOLD_EVERY_MS);
  stops.push(() => clearInterval(telling));
  const from = sequences([...subjects.keys()]);
  const replayed = REPLAY ? sequencesIn(REPLAY) : undefined;
  await Promise.all(Array.from({ length: Number(AT_ONCE) }, work));

  async function work(): Promise<void> {
    for (;;) {
      const index = next++;
      if (replayed ? index >= replayed.length : index >= last || Date.now() >= end) return;
      if (!workerd && ++started % SEQUENCES_A_CLUSTER === 0) current = await startOurs();
      const sequence = replayed ? (replayed[index] as Sequence) : sequenceAt(from, seed, index);
      await judge(sequence, `${seed}:${index}`);
    }
  }

  async function judge(sequence: Sequence, name: string): Promise<void> {
    const found = await trial(sequence).catch((error: Error) => {
      throw new Error(`${name}: ${JSON.stringify(sequence)}`, { cause: error });
    });
    done++;
    if (!found) return;
    const seen = known.get(found.signature);
    known.set(found.signature, (seen ?? 0) + 1);
    if (seen !== undefined) return;
    const shows = async (each: Sequence) => (await trial(each))?.signature === found.signature;
    // A difference that does not show twice depends on time.
    if (!(await shows(sequence))) {
      known.delete(found.signature);
      unsteady++;
      return;
    }
    // Steps after the difference cannot have caused it.
    const until = { ...sequence, steps: sequence.steps.slice(0, found.step + 1) };
    const small = await shrunk(until, { shows, maxTrials: MAX_TRIALS });
    publish(name, small, (await trial(small)) ?? found);
  }

  /** The peer closes connections now and then: a sequence that lost one is run once more, under new names. */
  async function trial(sequence: Sequence, attempts = 4): Promise<Found | undefined> {
    return attempt(sequence).catch((error: Error) => {
      if (!isReset(error)) throw error;
      if (attempts > 1) return trial(sequence, attempts - 1);
      console.error(`the peer closed its connection each time: ${JSON.stringify(sequence)}`);
      return undefined;
    });
  }

  async function attempt(sequence: Sequence): Promise<Found | undefined> {
    const chosen = sequence.kinds.map((kind) => subjects.get(kind) as Subject);
    const key = JSON.stringify(sequence);
    const answers = memory.get(key) ?? [];
    const outcome = await runSequence(sequence, chosen, scopes++, { theirs, ours: current }, answers);
    requests += outcome.requests;
    // Upstream's answers are kept while the sequence is shrunk.
    if (outcome.found) memory.set(key, answers);
    return outcome.found;
  }

  async function startOurs(): Promise<Ask> {
    const { ask, stop } = await startInProcess();
    stops.push(stop);
    await prepare(ask, definitions);
    return ask;
  }

  async function startWorkerd(): Promise<Ask> {
    const islet = await startIslet();
    stops.push(() => islet.stop());
    const ask = overHttp(await islet.createCluster('differential', 0, ['controllers', 'scheduler']));
    await prepare(ask, definitions);
    return ask;
  }
} finally {
  for (const stop of stops) await stop();
}
tell();
for (const [signature, times] of [...known].sort(([, a], [, b]) => b - a)) console.log(`${times} × ${signature}`);
process.exit(known.size > 0 ? 1 : 0);

function isReset({ code, cause }: { code?: string; cause?: unknown }): boolean {
  return code === 'ECONNRESET' || (cause instanceof Error && isReset(cause));
}

function publish(name: string, sequence: Sequence, { signature, lines }: Found): void {
  console.log([`\n${name}. ${signature}`, JSON.stringify(sequence), ...lines].join('\n   '));
  if (OUT) appendFileSync(OUT, `${JSON.stringify({ signature, sequence, lines })}\n`);
}

function tell(): void {
  const seconds = Math.max(1, (Date.now() - began) / 1000);
  const rate = Math.round((done * 60) / seconds);
  console.error(
    `${Math.round(seconds)} s: ${done} sequences of seed ${seed} (${rate}/min), ${requests} requests, ` +
      `${known.size} sorts of difference, ${unsteady} that did not show twice`,
  );
}

/** Lines that an earlier run wrote to OUT, or one sequence as JSON. */
function sequencesIn(given: string): Sequence[] {
  if (given.startsWith('{')) return [JSON.parse(given)];
  const lines = readFileSync(given, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line).sequence);
}
