/** Steps of a sequence, each read from a tape: the pieces that all of them are made of. */
import type { Json } from '../../mutations.ts';
import type { Request } from '../../request.ts';
import type { Scope, Subject } from '../../subjects.ts';
import type { Tape } from '../../tape.ts';

/** The calls that a step may make to one server. */
export interface Client {
  /** A request whose answer is compared. */
  ask(request: Request): Promise<Json>;
  /** The object there, which is not compared; undefined where there is none. */
  read(path: string, accept?: string): Promise<Json | undefined>;
  /** A request whose answer is not compared. */
  send(request: Request): Promise<unknown>;
  /** Begins a watch, whose events are compared when the sequence has ended. */
  watch(request: Request): Promise<void>;
  /** Ends the watches that were begun, without a look at their events. */
  dropWatches(): void;
  /** Waits until what was written there is also in the server's caches. */
  settle(path: string): Promise<void>;
  /** Revisions that earlier steps saw, by a name. */
  readonly revisions: Map<string, string>;
}

/** Asks one server. What it sends may depend on what the server has: revisions and uids differ from server to server. */
export type Step = (client: Client) => Promise<unknown>;

/** Reads the tape at once: the step is the same for both servers. */
export type Maker = (tape: Tape, subject: Subject, scope: Scope) => Step;

export const NAMES = ['a', 'b', 'c'] as const;
export const MANAGERS = ['one', 'two', 'three'] as const;
export const MERGE = 'application/merge-patch+json';
export const STRATEGIC = 'application/strategic-merge-patch+json';
export const JSON_PATCH = 'application/json-patch+json';
export const APPLY = 'application/apply-patch+yaml';
export const PROTOBUF = 'application/vnd.kubernetes.protobuf';
export const TABLE = 'application/json;as=Table;g=meta.k8s.io;v=v1';
export const PARTIAL = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
export const PARTIAL_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

/** Accept headers of clients; the first is by far the most frequent. */
const ACCEPTED = [
  TABLE,
  PARTIAL,
  PARTIAL_LIST,
  PROTOBUF,
  PROTOBUF,
  `${PROTOBUF},application/json`,
  'application/yaml',
  '*/*',
  '',
  'text/html',
  `${PROTOBUF},application/json`,
  'application/json;q=0.5, application/yaml',
  'application/json;as=Table;g=meta.k8s.io;v=v1beta1,application/json',
  'application/json;as=Table;g=meta.k8s.io;v=v2',
  'application/json;as=Nonsense;g=meta.k8s.io;v=v1',
  'application/json;as=Table',
  `${PROTOBUF};as=PartialObjectMetadata;g=meta.k8s.io;v=v1`,
  `${PROTOBUF};as=Table;g=meta.k8s.io;v=v1`,
  'application/json;stream=watch',
  'application/json;charset=utf-8',
  'application/yaml;as=Table;g=meta.k8s.io;v=v1',
  'application/*',
  'text/*;q=0.3',
  'nonsense',
  'application/json;pretty=1',
  'application/cbor',
] as const;

/** Once in `n` something else than JSON. */
export function accepted(tape: Tape, n = 3): Record<string, string> {
  return tape.oneIn(n) ? { accept: tape.pick(ACCEPTED) } : {};
}

/** Two have some verbs (`prepare.ts`), and the others no rights. */
const USERS = ['viewer', 'editor', 'stranger', 'system:anonymous'] as const;

/** Seldom another user than the administrator. */
export function asUser(tape: Tape): Record<string, string> {
  if (!tape.oneIn(14)) return {};
  const user = { 'impersonate-user': tape.pick(USERS) };
  return tape.oneIn(4)
    ? { ...user, 'impersonate-group': tape.pick(['system:authenticated', 'a', 'system:masters']) }
    : user;
}

export function plain(method: string, path: string, body?: string, headers: Record<string, string> = {}): Step {
  return (client) => client.ask(requestOf(method, path, body, headers));
}

export function requestOf(
  method: string,
  path: string,
  body?: Request['body'],
  headers: Record<string, string> = {},
): Request {
  return { method, path, headers, ...(body === undefined ? {} : { body }) };
}

export interface Place {
  path: string;
  short: string;
}

export function objectPath(tape: Tape, subject: Subject, scope: Scope): Place {
  const short = tape.pick(NAMES);
  return { path: `${scope.collection(subject)}/${encodeURIComponent(scope.name(subject, short))}`, short };
}

const VALUES: Readonly<Record<string, readonly string[]>> = {
  dryRun: ['All', 'All', 'All', 'none', ''],
  fieldValidation: ['Strict', 'Warn', 'Ignore', 'Strict', 'nonsense'],
  fieldManager: [...MANAGERS, 'differential', '', 'a b', 'x'.repeat(129)],
  pretty: ['true', '1', 'false'],
};
export const WRITE = ['dryRun', 'fieldValidation', 'fieldManager', 'pretty'] as const;

/** `first`: parameters that are always there. */
export function queryOf(tape: Tape, parameters: readonly string[], ...first: string[]): string {
  const chance: Record<string, number> = { pretty: 20, dryRun: 6 };
  const given = parameters
    .filter((name) => tape.oneIn(chance[name] ?? 4))
    .map((name) => `${name}=${encodeURIComponent(tape.pick(VALUES[name] ?? ['']))}`);
  const all = [...first.filter((each) => each !== ''), ...given];
  return all.length === 0 ? '' : `?${all.join('&')}`;
}

/** Labels of which selectors ask, so that objects come into a selection and leave it. */
export const LABELS = { tier: ['front', 'back'], app: ['web', 'db'] } as const;

/** Seldom other labels than the sequence's own. */
export function withLabels(tape: Tape, object: Json): Json {
  if (!tape.oneIn(3) || typeof object?.metadata !== 'object' || object.metadata === null) return object;
  const key = tape.pick(['tier', 'app'] as const);
  object.metadata.labels = { ...object.metadata.labels, [key]: tape.pick(LABELS[key]) };
  return object;
}
