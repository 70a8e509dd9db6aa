/** Runs one sequence on both servers, and finds the first difference between what their clients saw. */
import { setTimeout } from 'node:timers/promises';
import { type Difference, firstDifference, signatureOf } from '../difference.ts';
import { hasOwnTime } from '../mask.ts';
import type { Json } from '../mutations.ts';
import { Scope, type Subject } from '../subjects.ts';
import { Tape } from '../tape.ts';
import { Client, type Seen } from './client.ts';
import type { Sequence } from './sequence.ts';
import type { Ask } from './servers.ts';
import { closeDefinition, openDefinition } from './steps/definitions.ts';
import { stepOf } from './steps/index.ts';
import { requestOf } from './steps/step.ts';
import type { Watch } from './watch.ts';

export interface Found {
  signature: string;
  /** The index of the step that showed it; the number of steps where the events of a watch did. */
  step: number;
  lines: readonly string[];
}

export interface Outcome {
  found: Found | undefined;
  /** Requests whose answers were compared. */
  requests: number;
}

/** Upstream's answers to a sequence, step by step; those to its watches last. */
export type Answers = (readonly Seen[])[];

export interface Servers {
  theirs: Ask;
  ours: Ask;
}

const SENTINEL = 'zz-end';
const EVENTS_LIMIT_MS = 3000;
/** The time for events that upstream sends after Islet's last one. */
const GRACE_MS = 40;

/** `known`: upstream's answers to this sequence from an earlier run, or an empty list, to which they are added. */
export async function runSequence(
  sequence: Sequence,
  chosen: readonly Subject[],
  number: number,
  servers: Servers,
  known: Answers,
): Promise<Outcome> {
  const isKnown = known.length === sequence.steps.length + 1;
  if (!isKnown) known.length = 0;
  const scope = new Scope(number);
  const subjects = chosen.map((subject) => scope.own(subject));
  const ours = new Client(servers.ours, scope);
  const theirs = isKnown ? undefined : new Client(servers.theirs, scope);
  const clients = theirs ? [ours, theirs] : [ours];
  await Promise.all(clients.map((client) => open(client, subjects, scope)));
  const main = subjects[0] as Subject;
  await Promise.all(clients.map((client) => watchAll(client, main, scope)));
  const asked: string[] = [];
  let requests = 0;
  let found: Found | undefined;
  for (const [index, { kind, tape }] of sequence.steps.entries()) {
    const subject = (subjects[kind] ?? main) as Subject;
    const step = stepOf(new Tape(tape), subject, scope);
    const before = ours.seen.length;
    await Promise.all(clients.map((client) => step(client)));
    if (theirs) known.push(theirs.seen.slice(before));
    const [expected, seen] = [known[index] ?? [], ours.seen.slice(before)];
    requests += seen.length;
    asked.push(...expected.map(({ line }) => line));
    found = differenceOf(expected, seen, subject, asked, index);
    if (found) break;
  }
  if (!found) {
    const before = ours.seen.length;
    await endWatches(ours, theirs, main, scope, known.at(-1));
    if (theirs) known.push(theirs.seen.slice(before));
    const isComplete = known.length === sequence.steps.length + 1;
    if (isComplete)
      found = differenceOf(known.at(-1) ?? [], ours.seen.slice(before), main, asked, sequence.steps.length);
  } else for (const client of clients) client.endWatches();
  await Promise.all(clients.map((client) => cleanUp(client, subjects, scope)));
  return { found, requests };
}

function differenceOf(
  expected: readonly Seen[],
  seen: readonly Seen[],
  { kind }: Subject,
  asked: readonly string[],
  step: number,
): Found | undefined {
  for (let i = 0; i < Math.max(expected.length, seen.length); i++) {
    const [theirs, ours] = [expected[i], seen[i]];
    // Bad input that upstream answers with 500 is the client's error here, and changes nothing on either server.
    if (theirs?.status === 500 && ours && Math.floor(ours.status / 100) === 4) continue;
    // Upstream forgets after five minutes, and with it all that other sequences did; Islet later, so that a list gets as far as its format.
    if (theirs?.status === 410 && (ours?.status === 200 || ours?.status === 406)) continue;
    const difference = firstDifference(comparable(theirs), comparable(ours));
    if (difference) return { step, ...report(kind.plural, theirs, ours, difference, asked) };
  }
  return undefined;
}

function comparable(seen: Seen | undefined): unknown {
  if (!seen) return undefined;
  const { status, headers, body } = seen;
  return { status, headers, body };
}

function report(
  plural: string,
  theirs: Seen | undefined,
  ours: Seen | undefined,
  difference: Difference,
  asked: readonly string[],
): Omit<Found, 'step'> {
  const { path, peer, islet } = difference;
  const { method, line } = (theirs ?? ours) as Seen;
  const details = path === '.status' ? [messageOf(theirs), messageOf(ours)] : [];
  // A status that differs says little without its message, and a rule may break on several kinds.
  const what = path === '.status' ? `${method} ${plural}` : method;
  const why = path === '.status' ? ` | ${signatureOf('', { path: '', peer: details[0], islet: details[1] })}` : '';
  return {
    signature: signatureOf(what, difference) + why,
    lines: [
      ...asked,
      `at ${path} of ${line.slice(0, 300)}`,
      `  upstream ${JSON.stringify(peer)} ${details[0] ?? ''}`,
      `  Islet    ${JSON.stringify(islet)} ${details[1] ?? ''}`,
    ],
  };
}

function messageOf(seen: Seen | undefined): string {
  return seen?.body?.kind === 'Status' ? String(seen.body.message) : '';
}

/** Makes the namespace, with the account that pods need: no controller runs that would make it. */
async function open(client: Client, subjects: readonly Subject[], scope: Scope): Promise<void> {
  const { namespace } = scope;
  if (!subjects.some(({ kind }) => kind.scope === 'Namespaced')) return;
  const make = (path: string, kind: string, name: string) =>
    client.send(requestOf('POST', path, JSON.stringify({ apiVersion: 'v1', kind, metadata: { name } })));
  await make('/api/v1/namespaces', 'Namespace', namespace);
  await make(`/api/v1/namespaces/${namespace}/serviceaccounts`, 'ServiceAccount', 'default');
  const own = subjects.find(({ definition }) => definition);
  if (own) await openDefinition(client, own, scope);
}

/** The events of the first kind, from the beginning to the end. */
async function watchAll(client: Client, subject: Subject, scope: Scope): Promise<void> {
  const collection = scope.collection(subject);
  const selector = `labelSelector=${scope.selector}`;
  const list = await client.read(`${collection}?limit=1&${selector}`);
  const from = list?.metadata?.resourceVersion ?? '0';
  await client.watch(
    requestOf('GET', `${collection}?watch=true&timeoutSeconds=60&${selector}&resourceVersion=${from}`),
  );
}

/** Creates an object that no step creates, waits for its event, and ends the watches. */
async function endWatches(
  ours: Client,
  theirs: Client | undefined,
  subject: Subject,
  scope: Scope,
  known: readonly Seen[] | undefined,
): Promise<void> {
  const clients = theirs ? [ours, theirs] : [ours];
  const counts = ours.watches.map(({ events }) => events.length);
  if (clients.every(({ watches }) => watches.length > 0)) {
    const body = JSON.stringify(scope.manifest(subject, SENTINEL));
    const name = scope.name(subject, SENTINEL);
    await Promise.all(
      clients.map(async (client) => {
        const made = await client.send(requestOf('POST', scope.collection(subject), body));
        if (made.status === 201) await arrived(client.watches[0] as Watch, name);
      }),
    );
  }
  // The other watches have their events from the same source, and are behind by moments.
  const complete = () =>
    ours.watches.every(({ events }, index) => {
      const expected = theirs?.watches[index]?.events.length ?? known?.[index]?.body.length ?? 0;
      return events.length === expected && events.length >= (counts[index] ?? 0);
    });
  const until = Date.now() + GRACE_MS * 4;
  if (theirs) await setTimeout(GRACE_MS / 4);
  while (!complete() && Date.now() < until) await setTimeout(GRACE_MS / 4);
  for (const client of clients) client.endWatches(hasOwnTime(scope.collection(subject)), scope.name(subject, SENTINEL));
}

async function arrived({ events }: Watch, name: string): Promise<void> {
  const until = Date.now() + EVENTS_LIMIT_MS;
  const isThere = (event: Json): boolean => event.object?.metadata?.name === name;
  while (!events.some(isThere) && Date.now() < until) await setTimeout(2);
}

/** Objects that belong to no namespace, or use up what the cluster has few of. */
async function cleanUp(client: Client, subjects: readonly Subject[], scope: Scope): Promise<void> {
  for (const subject of subjects) {
    const isOwn = subject.definition !== undefined;
    if (subject.kind.scope === 'Namespaced' && subject.kind.plural !== 'services' && !isOwn) continue;
    const collection = scope.collection(subject);
    const { status } = await client.send(requestOf('DELETE', `${collection}?labelSelector=${scope.selector}`));
    const left = status === 200 ? await client.read(`${collection}?labelSelector=${scope.selector}`) : undefined;
    for (const { metadata } of left?.items ?? []) {
      const path = `${collection}/${encodeURIComponent(metadata.name)}`;
      const type = { 'content-type': 'application/merge-patch+json' };
      await client.send(requestOf('PATCH', path, '{"metadata":{"finalizers":null}}', type));
    }
    if (isOwn) await closeDefinition(client, subject);
  }
}
