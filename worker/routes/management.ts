/** `/islet/v1/…`: accounts and their clusters, for the CLI and the dashboard. Not a hot path. */

import { failure } from '../../kube/machinery/status.ts';
import type { Result } from '../../wire/rpc.ts';
import { accountOf, identify } from '../auth/authenticate.ts';
import { openAccount } from '../auth/bootstrap.ts';
import { isOwnOrigin } from '../auth/credentials.ts';
import { type EdgeRequest, type EdgeResponse, type Env, respond } from '../env.ts';
import { locate } from '../location.ts';
import { statusResponse, unauthorized } from '../statuses.ts';

interface Call {
  env: Env;
  account: string;
  /** The path's cluster name. */
  name: string;
  body: Record<string, unknown>;
}

type Handler = (call: Call) => Promise<EdgeResponse>;

const MAX_SIMULATED_NODES = 1000;
/** Bytes of a body that is read, and of one that is refused. */
const MOST_BODY = 64 * 1024;
const MOST_DRAINED = 8 * 1024 * 1024;
const NO_BOOTSTRAP =
  'this deployment has no bootstrap secret, so it creates no clusters: run `wrangler secret put ISLET_BOOTSTRAP_SECRET` with the SHA-256 (hex) of a secret of yours';

export const createCluster = withAccount(async ({ env, account, body }) => {
  if (!env.ISLET_BOOTSTRAP_SECRET) return statusResponse(failure('Forbidden', NO_BOOTSTRAP));
  const { name, simulatedNodes = 3 } = body;
  if (typeof name !== 'string' || !isNodeCount(simulatedNodes)) {
    return badRequest(`name must be text and simulatedNodes a number from 0 to ${MAX_SIMULATED_NODES}`);
  }
  return answer(await accountOf(env, account).createCluster({ account, name, simulatedNodes }), 201);
});

export const listClusters = withAccount(async ({ env, account }) =>
  json({ items: await accountOf(env, account).listClusters() }),
);

export const deleteCluster = withAccount(async ({ env, account, name }) =>
  answer(await accountOf(env, account).deleteCluster(name)),
);

export const clusterToken = withAccount(async ({ env, account, name }) =>
  answer(await accountOf(env, account).clusterToken(name), 201),
);

/** A one-time code for the dashboard: whoever opens `/?code=…` first is signed in as this account. */
export const dashboardCode = withAccount(async ({ env, account }) =>
  json({ code: await accountOf(env, account).mintCode(account) }, 201),
);

/** Trades the bootstrap secret for an account token: the one place where that secret is sent. */
export async function accountToken(request: EdgeRequest, env: Env): Promise<EdgeResponse> {
  if (!env.ISLET_BOOTSTRAP_SECRET) return statusResponse(failure('Forbidden', NO_BOOTSTRAP));
  const body = await readBody(request);
  const account = body?.account ?? 'default';
  if (typeof account !== 'string' || !/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(account)) {
    return badRequest('account must be a DNS label');
  }
  const token = await openAccount(env, request.headers.get('authorization'), account, Date.now());
  return token ? json({ account, token }, 201) : unauthorized();
}

function withAccount(handler: Handler): (request: EdgeRequest, env: Env) => Promise<EdgeResponse> {
  return async (request, env) => {
    const location = locate(request.url);
    const caller = await identify(request, env, location);
    const claims = caller?.claims;
    if (!claims?.account || (claims.use !== 'account' && claims.use !== 'session')) return unauthorized();
    if (claims.use === 'session' && request.method !== 'GET' && !isOwnOrigin(request, location)) return unauthorized();
    const body = request.method === 'POST' ? await readBody(request) : {};
    if (!body) return badRequest('the body is no JSON object');
    // As it stands in the path: a cluster's name needs no escapes, and an escaped one finds no cluster.
    const name = (request as { params?: { name?: string } }).params?.name ?? '';
    return handler({ env, account: claims.account, name, body });
  };
}

/** undefined when there is a body that is no JSON object. */
async function readBody(request: EdgeRequest): Promise<Record<string, unknown> | undefined> {
  const text = await textUpTo(request, MOST_BODY);
  if (text === undefined) return undefined;
  if (text.trim() === '') return {};
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? (parsed as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** A chunked body has no length to refuse by, and strangers send some too. */
async function textUpTo({ body }: EdgeRequest, limit: number): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for await (const chunk of (body ?? []) as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    // Read on for a while: who is still sending when the connection closes does not hear why.
    if (size <= limit) text += decoder.decode(chunk, { stream: true });
    else if (size > MOST_DRAINED) break;
  }
  return size > limit ? undefined : text + decoder.decode();
}

function isNodeCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MAX_SIMULATED_NODES;
}

function answer<T>(result: Result<T>, code = 200): EdgeResponse {
  if (result.ok) return json(result.value, code);
  const seconds = result.status.details?.retryAfterSeconds;
  return statusResponse(result.status, seconds === undefined ? {} : { 'Retry-After': String(seconds) });
}

function json(value: unknown, status = 200): EdgeResponse {
  return respond(`${JSON.stringify(value)}\n`, {
    status,
    headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' },
  });
}

function badRequest(message: string): EdgeResponse {
  return statusResponse(failure('BadRequest', message));
}
