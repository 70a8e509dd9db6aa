/**
 * `/openapi/v3`, `/openapi/v3/{api/v1,apis/{group}/{version}}` and `/openapi/v2`. Documents of the built-in kinds are
 * static files, made at build time (`scripts/generate/openapi-assets.ts`). The object knows the parts of the kinds that
 * were defined in its cluster: it is asked for the index, for version 2, and for documents that are no files.
 */
import { AGGREGATED_HEADER, WHOLE_HEADER } from '../../wire/openapi.ts';
import { type EdgeRequest, type EdgeResponse, type Env, respond } from '../env.ts';
import { refuseTimeout } from '../statuses.ts';
import { fetchAsset } from './assets.ts';
import {
  aggregatedJson,
  documentJson,
  documentProtobuf,
  indexJson,
  swaggerJson,
  swaggerProtobuf,
} from './openapi-merge.ts';

const JSON_TYPE = 'application/json';
/** The index has no type upstream, where Go takes it for text. */
const INDEX_TYPE = 'text/plain; charset=utf-8';
/** kubectl asks with an `@` before the version, and is answered with a dot, as upstream does (kube-openapi `handler`). */
const V2_PROTOBUF = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';
const V2_TYPES = [JSON_TYPE, V2_PROTOBUF];
const V3_PROTOBUF = 'application/com.github.proto-openapi.spec.v3.v1.0+protobuf';
const V3_TYPES = [JSON_TYPE, V3_PROTOBUF];
const DOCUMENT =
  /^\/openapi\/(v2|v3|v3\/(version|openid\/v1\/jwks|\.well-known\/openid-configuration|apis?(\/[a-z0-9.-]+){0,2}))$/;
const V3 = '/openapi/v3/';
const V2_VARY = 'Accept-Encoding, Accept';
const YEAR = 365 * 24 * 60 * 60 * 1000;

/** Asks the cluster's object for its part of a document, in JSON. */
export type AskCluster = (path: string) => Promise<EdgeResponse>;

export interface OpenApiRequest {
  request: EdgeRequest;
  path: string;
  /** Without the `?`. */
  query: string;
  env: Env;
  ask: AskCluster;
}

/** `type`: of the answer, where a document of version 3 is asked for. */
interface PrintedRequest extends OpenApiRequest {
  type?: string;
}

export async function answerOpenApi(asked: OpenApiRequest): Promise<EdgeResponse> {
  const { request, path, query, env } = asked;
  if (!DOCUMENT.test(path)) return noDocument();
  const refused = refuseTimeout(query);
  if (refused) return refused;
  if (path === '/openapi/v3') return joined(asked, INDEX);
  const accept = request.headers.get('accept');
  if (path === '/openapi/v2') {
    const type = acceptedType(accept, V2_TYPES);
    if (!type) return notAcceptable(V2_VARY);
    return joined(asked, type === JSON_TYPE ? SWAGGER : SWAGGER_PROTOBUF);
  }
  const type = acceptedType(accept, V3_TYPES);
  if (!type) return notAcceptable('Accept');
  const printed = { ...asked, type };
  // Servers of static files may leave out folders whose name begins with a dot.
  const found = await fetchAsset(env, `${path.replace('/.', '/')}.json`);
  if (found) return document(printed, found.body, (await hashesOf(env)).get(path.slice(V3.length)));
  return joined(printed, CUSTOM_DOCUMENT);
}

const PRIVATE = { 'Cache-Control': 'no-cache, private' };

/** Upstream answers neither of these with a Status. */
function noDocument(): EdgeResponse {
  return respond(null, { status: 404, headers: PRIVATE });
}

function notAcceptable(vary: string): EdgeResponse {
  return respond(null, { status: 406, headers: { ...PRIVATE, Vary: vary } });
}

/** A document in two parts: a static file, and what the cluster adds to it. */
interface JoinedDocument {
  file: string;
  type: string;
  /** undefined: the part adds nothing to the file. */
  join(file: EdgeResponse, part: string): Promise<string | Uint8Array | undefined>;
}

const SWAGGER_PROTOBUF: JoinedDocument = { file: '/openapi/v2.pb', type: V2_PROTOBUF, join: swaggerProtobuf };
const SWAGGER: JoinedDocument = { file: '/openapi/v2.json', type: JSON_TYPE, join: swaggerJson };
const INDEX: JoinedDocument = { file: '/openapi/v3.json', type: INDEX_TYPE, join: indexJson };
/** Of a group version that is no file. */
const CUSTOM_DOCUMENT: JoinedDocument = { file: '/openapi/shared.json', type: JSON_TYPE, join: documentJson };

async function joined(asked: PrintedRequest, { file, type, join }: JoinedDocument): Promise<EdgeResponse> {
  const { request, path, env, ask } = asked;
  const [found, part] = await Promise.all([fetchAsset(env, file), ask(path)]);
  if (part.status === 404) return noDocument();
  if (!part.ok) return part;
  if (!found) return noDocument();
  const text = await part.text();
  if (part.headers.has(WHOLE_HEADER)) return document(asked, text, part.headers.get('etag')?.slice(1, -1));
  const hasAggregated = part.headers.has(AGGREGATED_HEADER);
  const body = (await join(found, hasAggregated ? await withAggregated(env, text) : text)) ?? found.body;
  const hash = part.headers.get('etag')?.slice(1, -1);
  if (hash !== undefined) return document(asked, body, hash);
  if (!file.startsWith('/openapi/v2')) return answer(request, body, { type, vary: '' });
  const bytes = new Uint8Array(await new Response(body as BodyInit).arrayBuffer());
  return answer(request, bytes, { type, hash: await hashOf(bytes), vary: V2_VARY });
}

async function withAggregated(env: Env, text: string): Promise<string> {
  const file = await fetchAsset(env, '/openapi/v2.json');
  return aggregatedJson(text, file ? await file.text() : '{}');
}

/** A document of version 3, which the index names with a hash of its content (kube-openapi `handler3`). */
async function document(
  { request, query, type = JSON_TYPE }: PrintedRequest,
  json: unknown,
  hash: string | undefined,
): Promise<EdgeResponse> {
  const asked = new URLSearchParams(query).get('hash');
  const isKept = hash !== undefined && asked !== null && asked !== '';
  if (!isKept || asked === hash) {
    const properties = { type, hash, isImmutable: isKept };
    if (type === JSON_TYPE || (hash !== undefined && isKnown(request, hash))) return answer(request, json, properties);
    return answer(request, await documentProtobuf(json as BodyInit), properties);
  }
  // A client may still ask by an older one.
  const headers = {
    'Content-Type': type,
    'Cache-Control': 'no-cache, private',
    ETag: JSON.stringify(hash),
    Location: `${new URL(request.url).pathname}?hash=${hash}`,
    Vary: 'Accept',
  };
  return respond(null, { status: 301, headers });
}

interface Properties {
  type: string;
  hash?: string;
  /** The URL names the document by its hash. */
  isImmutable?: boolean;
  vary?: string;
}

function answer(
  request: EdgeRequest,
  body: unknown,
  { type, hash, isImmutable, vary = 'Accept' }: Properties,
): EdgeResponse {
  const headers: Record<string, string> = {
    'Content-Type': type,
    'Cache-Control': isImmutable ? 'public, immutable' : 'no-cache, private',
    ...(vary !== '' && { Vary: vary }),
    ...(isImmutable && { Expires: new Date(Date.now() + YEAR).toUTCString().replace(/GMT$/, 'UTC') }),
    ...(hash !== undefined && { ETag: JSON.stringify(hash) }),
  };
  if (hash !== undefined && isKnown(request, hash)) {
    const { 'Content-Type': _, ...kept } = headers;
    return respond(null, { status: 304, headers: kept });
  }
  return respond(request.method === 'HEAD' ? null : (body as BodyInit), { headers });
}

/** Whether `If-None-Match` names the document, as Go's `http.ServeContent` compares. */
function isKnown(request: EdgeRequest, hash: string): boolean {
  const tags = request.headers.get('if-none-match')?.split(',') ?? [];
  return tags.some((tag) => [JSON.stringify(hash), '*'].includes(tag.trim().replace(/^W\//, '')));
}

/** The hashes of the files, from their index: read once in an isolate. */
let hashes: Promise<ReadonlyMap<string, string>> | undefined;

function hashesOf(env: Env): Promise<ReadonlyMap<string, string>> {
  hashes ??= readHashes(env).catch((error) => {
    hashes = undefined;
    throw error;
  });
  return hashes;
}

async function readHashes(env: Env): Promise<ReadonlyMap<string, string>> {
  const index = await fetchAsset(env, '/openapi/v3.json');
  if (!index) return new Map();
  const { paths } = (await index.json()) as { paths: Record<string, { serverRelativeURL: string }> };
  return new Map(
    Object.entries(paths).map(([path, { serverRelativeURL }]) => [path, serverRelativeURL.split('hash=')[1] ?? '']),
  );
}

async function hashOf(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-512', bytes as BufferSource));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase();
}

/**
 * The type that an `Accept` header likes best (goautoneg, as kube-openapi's handlers ask it). Parameters beside `q` count
 * for nothing.
 */
function acceptedType(accept: string | null, offered: readonly string[]): string | undefined {
  if (accept === null || accept.trim() === '') return offered[0];
  const ranges = accept.split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    return { type: type.replace('@', '.'), weight: weight === undefined ? 1 : Number(weight) };
  });
  ranges.sort((a, b) => b.weight - a.weight);
  for (const { type } of ranges) {
    if (type === '*/*' || type === 'application/*') return offered[0];
    if (offered.includes(type)) return type;
  }
  return undefined;
}
