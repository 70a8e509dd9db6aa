/**
 * `/islet/v1/…` beneath a cluster: tokens, joining and renewing, its authority, traces, the scheduler's decisions, figures,
 * forwards, and the socket.
 */

import type { KindDescriptor } from '../../kube/kinds/define.ts';
import { isObject } from '../../kube/machinery/json-object.ts';
import { isDNS1123Subdomain } from '../../kube/machinery/names.ts';
import { failure, type Reason } from '../../kube/machinery/status.ts';
import { FORWARDS_PATH } from '../../wire/forwards.ts';
import { JOIN_PATH, RENEW_PATH } from '../../wire/identity.ts';
import { SOCKET_PATH } from '../../wire/socket.ts';
import { USAGE_HOUR_PATH } from '../../wire/usage.ts';
import type { ApiAnswer, ApiRequest, UserInfo } from '../apiserver/request.ts';
import type { ServerPorts } from '../apiserver/server.ts';
import type { MayRead } from '../history/rights.ts';
import type { Store } from '../store/store.ts';
import type { Sharing } from '../tenancy/sharing/sharing.ts';
import type { TokenIssuer } from '../tenancy/token-issuer.ts';
import { traceStory } from '../trace/story.ts';
import { sharingRoute } from './sharing-api.ts';

export interface IsletApiPorts {
  tokens: TokenIssuer;
  sharing: Sharing;
  /** Whether the node exists and its Ready condition is True. */
  isNodeReady(name: string): boolean;
  stats(): object;
  /** To this user, who is shown no more than the API shows. */
  trace(query: string, user: UserInfo): Answer;
  why(query: string): Answer;
  usageHour(query: string, user: UserInfo): Promise<Answer>;
  /** Of this user, who opens a port of a pod or Service. */
  forward(request: ApiRequest): Promise<Answer>;
  /** The certificate of the cluster's own authority, PEM. */
  authority(): Promise<string>;
}

export interface Answer {
  status: number;
  body: unknown;
}

export const TOO_MANY_TOKENS = 'this cluster has too many tokens: those that expire make room, the revoked too';
const MAX_TTL_SECONDS = 30 * 24 * 3600;
const TOKEN_PREFIX = '/islet/v1/tokens/';

type Route = (ports: IsletApiPorts, request: ApiRequest) => Answer | Promise<Answer>;

const ROUTES: Readonly<Record<string, Route>> = {
  [`POST ${JOIN_PATH}`]: join,
  [`POST ${RENEW_PATH}`]: renew,
  'POST /islet/v1/join-tokens': createJoinToken,
  'GET /islet/v1/tokens': ({ tokens }) => ({ status: 200, body: { items: tokens.list() } }),
  'GET /islet/v1/stats': ({ stats }) => ({ status: 200, body: stats() }),
  'GET /islet/v1/certificate-authority': async ({ authority }) => ({
    status: 200,
    body: { certificate: await authority() },
  }),
  'GET /islet/v1/trace': ({ trace }, { query, user }) => trace(query, user),
  'GET /islet/v1/why': ({ why }, { query }) => why(query),
  [`GET ${USAGE_HOUR_PATH}`]: ({ usageHour }, { query, user }) => usageHour(query, user),
  [`POST ${FORWARDS_PATH}`]: ({ forward }, request) => forward(request),
};

/** Authorised by the pipeline, as non-resource URLs. undefined for other paths. */
export function isletApi(ports: IsletApiPorts): NonNullable<ServerPorts['extension']> {
  return (request, user) => {
    const { method, path } = request;
    if (!path.startsWith('/islet/')) return undefined;
    if (method === 'GET' && path === SOCKET_PATH) return Promise.resolve({ type: 'socket', user });
    return answer(ports, { ...request, user });
  };
}

async function answer(ports: IsletApiPorts, request: ApiRequest): Promise<ApiAnswer> {
  const { status, body } = await routeOf(request)(ports, request);
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
  return { type: 'response', status, headers, body: `${JSON.stringify(body)}\n` };
}

function routeOf({ method, path }: ApiRequest): Route {
  if (method === 'DELETE' && path.startsWith(TOKEN_PREFIX)) return revoke;
  const sharing = sharingRoute(method, path);
  if (sharing) return sharing;
  return ROUTES[`${method} ${path}`] ?? (() => refuse('NotFound', 'the server could not find the requested resource'));
}

function revoke({ tokens }: IsletApiPorts, { path }: ApiRequest): Answer {
  const id = path.slice(TOKEN_PREFIX.length);
  const revoked = tokens.revoke(id);
  return revoked ? { status: 200, body: revoked } : refuse('NotFound', `tokens ${JSON.stringify(id)} not found`);
}

async function createJoinToken({ tokens }: IsletApiPorts, { body = '' }: ApiRequest): Promise<Answer> {
  const request = parse(body);
  if (!request) return refuse('BadRequest', 'the body is no JSON object');
  const { ttlSeconds = 24 * 3600, uses = 1, ca } = request;
  if (!isCount(ttlSeconds, MAX_TTL_SECONDS)) {
    return refuse('BadRequest', `ttlSeconds must be a number from 1 to ${MAX_TTL_SECONDS}`);
  }
  if (!isCount(uses, 1000)) return refuse('BadRequest', 'uses must be a number from 1 to 1000');
  if (ca !== undefined && !(typeof ca === 'string' && /^[0-9a-f]{64}$/.test(ca))) {
    return refuse('BadRequest', 'ca must be the SHA-256 of a certificate in hex');
  }
  if (tokens.isFull) return refuse('Forbidden', TOO_MANY_TOKENS);
  return { status: 201, body: { token: await tokens.join(ttlSeconds, uses, ca) } };
}

async function join(ports: IsletApiPorts, { credential, body = '' }: ApiRequest): Promise<Answer> {
  if (credential?.use !== 'join') return refuse('Forbidden', 'only a join token can be traded for a node');
  const name = parse(body)?.nodeName;
  if (typeof name !== 'string') return refuse('BadRequest', 'nodeName must be text');
  const problems = isDNS1123Subdomain(name);
  if (problems.length > 0) {
    return refuse('Invalid', `nodeName: Invalid value: ${JSON.stringify(name)}: ${problems.join(', ')}`);
  }
  if (ports.isNodeReady(name)) {
    // kubeadm's check (`cmd/phases/join/kubelet.go`): a second machine must not take over a living node's name.
    const message = `a Node with name ${JSON.stringify(name)} and status "Ready" already exists in the cluster: delete it or choose another with --node-name`;
    return refuse('Conflict', message);
  }
  const token = await ports.tokens.exchange(credential.id, name);
  return token ? { status: 201, body: { nodeName: name, token } } : refuse('Unauthorized', 'Unauthorized');
}

async function renew({ tokens }: IsletApiPorts, { credential }: ApiRequest): Promise<Answer> {
  if (credential?.node === undefined) return refuse('Forbidden', "only a node's token can be renewed");
  const { id, node } = credential;
  const token = await tokens.renew(id, node);
  return token ? { status: 201, body: { nodeName: node, token } } : refuse('Unauthorized', 'Unauthorized');
}

export function isCount(value: unknown, max: number): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= max;
}

export function parse(text: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text === '' ? '{}' : text);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

export function refuse(reason: Reason, message: string): Answer {
  const status = failure(reason, message);
  return { status: status.code, body: status };
}

/** The path's `trace`: a resource by any name that kubectl knows. `query` is the request's, without the `?`. */
export function answerTrace(query: string, kinds: readonly KindDescriptor[], store: Store, mayRead: MayRead): Answer {
  const params = new URLSearchParams(query);
  const [resource, name] = [params.get('resource'), params.get('name')];
  if (!resource || !name) return refuse('BadRequest', 'name an object by resource=… and name=… (and namespace=…)');
  const kind = kinds.find(({ plural, singular, shortNames, resource: full }) =>
    [full, plural, singular, ...shortNames].includes(resource),
  );
  if (!kind) return refuse('NotFound', `the server doesn't have a resource type ${JSON.stringify(resource)}`);
  const namespace = kind.scope === 'Namespaced' ? (params.get('namespace') ?? 'default') : '';
  if (!mayRead({ resource: kind.resource, namespace, name })) {
    return refuse('Forbidden', `${kind.resource} ${JSON.stringify(name)} is forbidden: you cannot get it`);
  }
  const at = params.get('revision');
  if (at !== null && !/^\d{1,15}$/.test(at)) return refuse('BadRequest', 'revision must be a number');
  const revision = at === null ? undefined : Number(at);
  const story = traceStory({ resource: kind.resource, namespace, name, revision }, store, store);
  if (!story) return refuse('NotFound', `${kind.resource} ${JSON.stringify(name)} not found`);
  return { status: 200, body: story };
}
