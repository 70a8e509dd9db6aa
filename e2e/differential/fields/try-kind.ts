/**
 * Tries the fields of one kind on both servers: create, update, update of the status, applies of two managers and
 * patches, all dry runs.
 */
import { setTimeout } from 'node:timers/promises';
import type { Json } from '../mutations.ts';
import type { Request } from '../request.ts';
import type { Scope, Subject } from '../subjects.ts';
import { mutationsAt, type Place, places, withMutation } from './cases.ts';
import { compareAnswers, type Finding } from './compare.ts';
import { type Definitions, schemaOf } from './openapi.ts';
import { JSON_PATCH, jsonPatch, STRATEGIC, strategicPatch } from './patches.ts';
import { isRaw, printed } from './raw.ts';
import { type Ask, remembered } from './server.ts';

/** One request and its differences. */
export interface Trial {
  verb: string;
  place: Place;
  value: Json;
  found: Finding | undefined;
}

export interface Options {
  theirs: Ask;
  ours: Ask;
  /** The file of upstream's answers to creates, which depend on nothing else. */
  answers: string | undefined;
  definitions: Definitions;
  scope: Scope;
  /** Requests a verb; 0 for all. */
  count: number;
  seed: number;
  only: RegExp;
  /** The verbs that are tried. */
  verbs: RegExp;
}

type Case = Pick<Trial, 'place' | 'value'>;
type Pair = readonly [Json, Json];

export const QUERY = '?dryRun=All&fieldValidation=Strict&fieldManager=differential';
export const APPLY = { 'content-type': 'application/apply-patch+yaml' };
const AT_ONCE = 12;
/** Kinds whose status kube-apiserver itself writes, which would make each update a conflict. */
const SETTLING = ['customresourcedefinitions', 'flowschemas', 'prioritylevelconfigurations', 'apiservices'];
const SETTLING_MS = 3000;

/** Answers why the kind could not be tried, or nothing. */
export async function tryKind(subject: Subject, options: Options, told: (trial: Trial) => void): Promise<string> {
  const { definitions, scope, count, seed, only, answers, verbs } = options;
  const { kind, manifest } = subject;
  const schema = schemaOf(definitions, manifest.apiVersion, manifest.kind);
  if (!schema) return 'not served by upstream';
  // Managers of fields are the same machinery for every kind.
  const tried = places(definitions, schema).filter(
    ({ path }) => (!path.includes('managedFields') || kind.plural === 'configmaps') && only.test(path.join('.')),
  );
  const all = tried.flatMap((place) => mutationsAt(definitions, place).map(({ value }): Case => ({ place, value })));
  const collection = scope.collection(subject);
  const object = scope.manifest(subject, 'base');
  const path = `${collection}/${scope.name(subject, 'base')}`;
  const run = async (verb: string, cases: readonly Case[], requests: (one: Case) => readonly [Request, Request]) => {
    if (!verbs.test(verb)) return;
    const theirs = verb === 'POST' ? remembered(options.theirs, answers) : options.theirs;
    await parallel(sample(cases, count, seed), async (one) => {
      const [at, here] = requests(one);
      const [upstream, islet] = await Promise.all([theirs(at), options.ours(here)]);
      const [part] = one.place.path;
      const dropped = (part === 'status') !== (verb === 'PUT status') && part !== 'metadata';
      const isApply = verb === 'APPLY' || verb === 'CONFLICT';
      told({ verb, ...one, found: compareAnswers(collection, upstream, islet, dropped && !isApply) });
    });
  };
  const changed = (base: Json, { place, value }: Case): Json => withMutation(definitions, base, place, value);
  await run('POST', all, (one) => {
    const request = { method: 'POST', path: collection + QUERY, body: printed(changed(object, one)) };
    return [request, request];
  });
  const stored = await create(options, kind.plural, `${collection}?fieldManager=differential`, path, object);
  if (!stored) return 'the object that updates start from was refused';
  const put = (suffix: string) => (one: Case) =>
    stored.map((each): Request => {
      const next = changed(without(each, SETTLING.includes(kind.plural)), one);
      const { resourceVersion, uid, creationTimestamp } = each.metadata;
      const own = { resourceVersion, uid, creationTimestamp };
      if (typeof next.metadata === 'object' && next.metadata) next.metadata = { ...own, ...next.metadata };
      return { method: 'PUT', path: path + suffix + QUERY, body: printed(next) };
    }) as [Request, Request];
  await run('PUT', all, put(''));
  if (kind.subresources.status) {
    const ofStatus = all.filter(({ place }) => place.path[0] === 'status' || place.path.length <= 2);
    await run('PUT status', ofStatus, put('/status'));
  }
  await run('APPLY', all, (one) => {
    const body = printed(changed(object, one));
    const request = { method: 'PATCH', path: `${path}${QUERY}&force=true`, headers: APPLY, body };
    return [request, request];
  });
  // An apply by a second manager conflicts wherever the first one owns a field with another value.
  await run('CONFLICT', all, (one) => {
    const query = QUERY.replace('differential', 'other');
    const request = { method: 'PATCH', path: path + query, headers: APPLY, body: printed(changed(object, one)) };
    return [request, request];
  });
  const patch = (headers: Request['headers'], made: (one: Case) => Json) => (one: Case) => {
    const request = { method: 'PATCH', path: path + QUERY, headers, body: printed(made(one)) };
    return [request, request] as const;
  };
  // Patches are applied to values here, of whose form nothing is known.
  const plain = all.filter(({ value }) => !isRaw(value));
  await run(
    'JSON',
    plain,
    patch(JSON_PATCH, ({ place, value }) => jsonPatch(place, value)),
  );
  if (!kind.custom) {
    await run(
      'STRATEGIC',
      all,
      patch(STRATEGIC, ({ place, value }) => strategicPatch(object, place, value)),
    );
  }
  await both(options, { method: 'DELETE', path });
  return '';
}

async function create(
  options: Options,
  plural: string,
  collection: string,
  path: string,
  object: Json,
): Promise<Pair | undefined> {
  await both(options, { method: 'POST', path: collection, body: JSON.stringify(object) });
  if (SETTLING.includes(plural)) await setTimeout(SETTLING_MS);
  const answers = await both(options, { method: 'GET', path });
  if (answers.some(({ status }) => status !== 200)) return undefined;
  return answers.map(({ text }) => JSON.parse(text)) as unknown as Pair;
}

function both({ theirs, ours }: Options, request: Request) {
  return Promise.all([theirs(request), ours(request)]);
}

/** `settles`: conditions that a server's own parts write, which do not run on both. */
export function without(object: Json, settles: boolean): Json {
  const copy = structuredClone(object);
  if (settles) delete copy.status?.conditions;
  for (const field of ['resourceVersion', 'uid', 'creationTimestamp', 'managedFields']) delete copy.metadata[field];
  return copy;
}

/** Chosen by the seed. */
export function sample<T>(from: readonly T[], n: number, seed: number): T[] {
  if (n === 0 || n >= from.length) return [...from];
  let state = seed * 2_654_435_761 + 1;
  const keyed = from.map((each) => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 3_266_489_917) >>> 0;
    return [state, each] as const;
  });
  keyed.sort(([a], [b]) => a - b);
  return keyed.slice(0, n).map(([, each]) => each);
}

export async function parallel<T>(items: readonly T[], run: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) await run(next);
    }),
  );
}
