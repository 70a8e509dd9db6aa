/** An API server in this process, whose every answer is judged. */
import type { ServerPorts } from '../../durable-objects/apiserver/server.ts';
import { type TestApi, testApi } from '../../durable-objects/apiserver/testing/harness.ts';
import { customKinds } from '../../kube/kinds/custom/custom-kind.ts';
import type { ObjectMeta } from '../../kube/machinery/object.ts';
import { ProtobufEncoder, planOfKind } from '../../kube/machinery/protobuf/encode.ts';
import { decodeProtobuf } from '../../kube/machinery/schema/protobuf-decode.ts';
import { bareType, PROTOBUF_TYPE, type ProtobufProblem } from '../../wire/protobuf.ts';
import type { Json } from '../differential/mutations.ts';
import type { Request } from '../differential/request.ts';
import { definitions, loadSubjects, Scope, type Subject } from '../differential/subjects.ts';
import { type Limits, timed } from './target.ts';

export interface Answer {
  status: number;
  text: string;
  /** JSON where it is JSON. */
  body: Json;
}

/** Requests after which an API server begins anew, so that it stays small. */
const LIFE = 400;
const TABLE = 'application/json;as=Table;g=meta.k8s.io;v=v1';
const MERGE = 'application/merge-patch+json';

export const subjects = loadSubjects([]).filter(
  ({ kind, definition }) => !definition && (!kind.custom || kind.version === 'v1'),
);

const KNOWN = [
  // A revision that is to come (apiserver `storage/errors.go`).
  /Timeout: Too large resource version/,
  // registry/store.go, where a create names a revision.
  /resourceVersion should not be set on objects to be created/,
  // An apply that its kind's type does not hold (apimachinery `managedfields/internal`).
  /failed to (create typed patch object|create manager for existing fields|convert new object)/,
  // A mutating policy whose patch makes no object of the kind (apiserver `policy/mutating/patch/json_patch.go`).
  /^Internal error occurred: (json: cannot unmarshal|strict decoding error)/,
];

/** Whether upstream, too, answers this with a 5xx. */
export function isUpstreams(message: string): boolean {
  return KNOWN.some((known) => known.test(message));
}

interface JudgedOptions extends Pick<Partial<ServerPorts>, 'outbound'> {
  /** Others are asked, whose failures are answered with 500 as upstream answers them. */
  isOthers?: boolean;
}

export class JudgedApi {
  #api: TestApi | undefined;
  #asked = 0;
  #scopes = 0;
  readonly #limits: Limits;
  readonly #options: JudgedOptions;

  constructor(limits: Limits, options: JudgedOptions = {}) {
    this.#limits = limits;
    this.#options = options;
  }

  /** A namespace of its own for one input, with the account that pods need. */
  async scope(): Promise<Scope> {
    const { call, kinds } = await this.#open();
    const scope = new Scope(++this.#scopes);
    for (const { metadata, spec } of definitions) {
      const isThere = kinds.kinds.some(({ group, plural }) => group === spec.group && plural === spec.names.plural);
      // A patch of nothing writes where another version is stored than the one that it goes through.
      if (!isThere) kinds.define(metadata.name, customKinds({ ...spec, versions: spec.versions.slice(0, 1) }));
    }
    const accounts = `/api/v1/namespaces/${scope.namespace}/serviceaccounts`;
    await call('POST /api/v1/namespaces', { body: { metadata: { name: scope.namespace } } });
    await call(`POST ${accounts}`, { body: { metadata: { name: 'default' } } });
    return scope;
  }

  /** Throws where the answer is a fault of the server's, or where a request that was refused left something behind. */
  async ask({ method, path, headers = {}, body }: Request): Promise<Answer> {
    const api = await this.#open();
    const before = api.store.revision;
    const line = `${method} ${path}`;
    const given = { 'content-type': 'application/json', 'user-agent': 'fuzz', ...headers };
    const sent = throughEdge(given, body);
    const answer = await timed(this.#limits, () => api.send(line, sent));
    if (api.reported.length > 0) throw api.reported.pop();
    if (answer.type !== 'response') return { status: 200, text: '', body: undefined };
    const text = typeof answer.body === 'string' ? answer.body : [...answer.body].join('');
    const isJson = answer.headers['content-type']?.startsWith('application/json') === true;
    const parsed = isJson ? (JSON.parse(text) as Json) : undefined;
    const { status } = answer;
    const message = parsed?.message ?? text;
    if (status >= 500 && !this.#options.isOthers && !isUpstreams(message))
      throw new Error(`${line}: ${status} ${text}`);
    // The options in a delete's body count in place of those in its query.
    const isDry = path.includes('dryRun=All') && (method !== 'DELETE' || body === undefined);
    const writes = !['GET', 'HEAD', 'OPTIONS'].includes(method) && !isDry;
    // Upstream, too, finds after the write that one object is no list, or that a list is not one object.
    const isWritten = status === 406 && message.startsWith('you requested PartialObjectMetadata');
    if ((status >= 400 || !writes) && !isWritten && api.store.revision !== before) {
      throw new Error(`${line}: ${status}, and yet revision ${before} became ${api.store.revision}`);
    }
    return { status, text, body: parsed };
  }

  /** A kept object is read in every format, is not changed by a patch of nothing, and can be replaced by itself. */
  async examine(path: string): Promise<void> {
    const read = await this.ask({ method: 'GET', path });
    if (read.status !== 200) return;
    const { kind, apiVersion, metadata, spec } = read.body;
    await this.ask({ method: 'GET', path, headers: { accept: TABLE } });
    if (planOfKind(apiVersion, kind)) new ProtobufEncoder().object(new TextEncoder().encode(read.text));
    const patched = await this.ask({ method: 'PATCH', path, headers: { 'content-type': MERGE }, body: '{}' });
    const after = patched.body?.metadata?.resourceVersion;
    // A Service that a PUT of its status created gets its addresses with the next write, as upstream's does.
    if (kind === 'Service' && spec.type !== 'ExternalName' && spec.clusterIP === undefined) return;
    if (patched.status === 200 && after !== metadata.resourceVersion && !hasTwoOfOneManager(metadata)) {
      throw new Error(`${path}: a patch of nothing wrote ${patched.text}\nover ${read.text}`);
    }
  }

  async #open(): Promise<TestApi> {
    if (!this.#api || this.#asked++ > LIFE) {
      this.#asked = 0;
      const { outbound } = this.#options;
      this.#api = await testApi(outbound && { outbound });
    }
    return this.#api;
  }
}

/** A write of a scale leaves a second entry of its manager, which the next write of the object drops, as upstream. */
function hasTwoOfOneManager({ managedFields = [] }: ObjectMeta): boolean {
  const names = managedFields.map(({ time: _, fieldsV1: __, ...name }) => JSON.stringify(name));
  return new Set(names).size < names.length;
}

/** A body as the edge hands it on: protobuf becomes JSON, or the problem with it. */
function throughEdge(headers: Record<string, string>, body: Request['body']) {
  const text = typeof body === 'object' ? new TextDecoder().decode(body) : body;
  if (!text || bareType(headers['content-type'] ?? '') !== PROTOBUF_TYPE) return { headers, body: text };
  const bytes = typeof body === 'object' ? body : new TextEncoder().encode(body);
  const decoded = decodeProtobuf(bytes);
  if ('error' in decoded) {
    const { error, named } = decoded;
    const problem: ProtobufProblem = { error, named, bytes: '' };
    return { headers, body: JSON.stringify(problem) };
  }
  return { headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(decoded.object) };
}

export function objectPath(scope: Scope, subject: Subject, short: string): string {
  return `${scope.collection(subject)}/${encodeURIComponent(scope.name(subject, short))}`;
}
