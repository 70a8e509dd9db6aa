/**
 * Generated sequences of requests are sent to a real kube-apiserver and to Islet: objects, managedFields, Status bodies,
 * headers, Tables and watch events must be equal, but for times, uids, revisions and random names.
 * `PEERS=FOLDER node e2e/differential/run.ts [COUNT] [SEED] [PLURAL,…]`, where FOLDER holds etcd-server and
 * kube-apiserver. Each new sort of difference is shrunk and printed. Exits with 1 where there is one.
 */
import fc from 'fast-check';
import { startIslet } from '../../bench/targets/islet.ts';
import { startPeer } from '../../bench/targets/peer.ts';
import { type Difference, firstDifference, signatureOf } from './difference.ts';
import { type Seen, Session } from './session.ts';
import { type Step, stepOf } from './steps.ts';
import { definition, loadSubjects, Scope, type Subject } from './subjects.ts';
import { Tape } from './tape.ts';

const { PEERS } = process.env;
if (!PEERS) throw new Error('PEERS names the folder of etcd-server and kube-apiserver; it is not set');
const [count = 1000, seed = 1] = process.argv.slice(2, 4).map(Number);
const subjects = loadSubjects((process.argv[4] ?? '').split(',').filter((plural) => plural !== ''));
if (subjects.length === 0) throw new Error('there are no such kinds');

/** Sequences between two that start anew after a difference was found. */
const BLOCK = 50;
const MAX_STEPS = 8;
const MAX_CHOICES = 40;

class Found extends Error {
  readonly signature: string;
  readonly lines: readonly string[];

  constructor(signature: string, lines: readonly string[]) {
    super(signature);
    this.signature = signature;
    this.lines = lines;
  }
}

const islet = await startIslet();
const peer = await startPeer(PEERS, 'api');
const known = new Set<string>();
let [sequences, scopes] = [0, 0];
try {
  const cluster = await islet.createCluster('differential', 0, ['controllers', 'scheduler']);
  await Promise.all([cluster, peer].map((target) => new Session(target).define(definition)));
  const choices = fc.array(fc.nat(9999), { maxLength: MAX_CHOICES, size: 'max' });
  const sequence = fc.record({
    subject: fc.constantFrom(...subjects),
    steps: fc.array(choices, { minLength: 1, maxLength: MAX_STEPS, size: 'max' }),
  });
  const property = fc.asyncProperty(sequence, async ({ subject, steps }) => {
    const found = await compare(subject, steps);
    if (found && !known.has(found.signature)) throw found;
  });
  for (let block = 0; sequences < count; block++) {
    const result = await fc.check(property, { seed: seed * 100_000 + block, numRuns: BLOCK });
    sequences += result.numRuns;
    if (!result.failed) continue;
    const found = result.errorInstance;
    if (!(found instanceof Found)) throw found;
    known.add(found.signature);
    console.log([`\n${known.size}. ${found.signature}`, ...found.lines].join('\n   '));
  }

  async function compare(subject: Subject, tapes: readonly (readonly number[])[]): Promise<Found | undefined> {
    const scope = new Scope(seed * 1_000_000 + scopes++);
    const [ours, theirs] = [new Session(cluster), new Session(peer)];
    await Promise.all([ours.open(scope), theirs.open(scope)]);
    const watches = await Promise.all([theirs.watch(subject, scope), ours.watch(subject, scope)]);
    const asked: string[] = [];
    let found: Found | undefined;
    for (const tape of tapes) {
      const step: Step = stepOf(new Tape(tape), subject, scope);
      const [expected, seen] = await Promise.all([theirs.run(step), ours.run(step)]);
      asked.push(requestLine(expected));
      // Bad input that upstream takes for an error of its own is the client's here, and changes nothing on either.
      if (expected.status === 500 && Math.floor(seen.status / 100) === 4) continue;
      const difference = firstDifference(comparable(expected), comparable(seen));
      if (!difference) continue;
      found = report(subject, seen.request.method, difference, asked);
      break;
    }
    const [expected, seen] = await Promise.all(watches.map((watch) => watch.end()));
    const difference = found ? undefined : firstDifference(expected, seen);
    return difference ? report(subject, 'WATCH', difference, asked) : found;
  }
} finally {
  await peer.stop();
  await islet.stop();
}
console.log(`\n${sequences} sequences of seed ${seed}: ${known.size} sorts of difference`);
process.exitCode = known.size > 0 ? 1 : 0;

function comparable({ status, headers, body }: Seen): unknown {
  return { status, headers, body };
}

function report({ kind }: Subject, method: string, difference: Difference, asked: readonly string[]): Found {
  const { path, peer: expected, islet: seen } = difference;
  // Another status says little of why, and another text may be the same rule on another kind.
  const what = path === '.status' ? `${method} ${kind.plural}` : method;
  return new Found(signatureOf(what, difference), [
    ...asked,
    `at ${path}`,
    `  upstream ${JSON.stringify(expected)}`,
    `  Islet    ${JSON.stringify(seen)}`,
  ]);
}

function requestLine({ request: { method, path, headers = {}, body = '' }, status }: Seen): string {
  const { accept, 'content-type': type } = headers;
  const parts = [method, path, accept && `accept: ${accept}`, type && `content-type: ${type}`, body, `→ ${status}`];
  return parts.filter((part) => part).join('  ');
}
