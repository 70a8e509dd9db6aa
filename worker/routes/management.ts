/** `/islet/v1/…` of the service: accounts, their tokens and their clusters, for the CLI and the dashboard. */
import { failure } from '../../kube/machinery/status.ts';
import { type AccountRpc, COMPONENTS, type Component, type Result } from '../../wire/rpc.ts';
import { accountOf, type Caller, identify, rememberRefusal } from '../auth/authenticate.ts';
import { isBootstrapSecret } from '../auth/bootstrap.ts';
import { readJsonObject } from '../body.ts';
import { type EdgeRequest, type EdgeResponse, type Env, respond } from '../env.ts';
import { locate } from '../location.ts';
import { statusResponse, unauthorized } from '../statuses.ts';

interface Call {
  env: Env;
  rpc: AccountRpc;
  account: string;
  /** The id of the caller's token. */
  credential: string;
  /** The last part of the path, where the route names one. */
  name: string;
  body: Record<string, unknown>;
}

type Handler = (call: Call) => Promise<EdgeResponse | Result<unknown>> | EdgeResponse;

interface Route {
  /** The status of a success. */
  code?: number;
  /** A dashboard's session may do this too. It manages nothing. */
  sessions?: boolean;
}

const MAX_SIMULATED_NODES = 1000;
const MAX_TOKEN_SECONDS = 365 * 24 * 3600;
const NO_BOOTSTRAP =
  'this deployment has no bootstrap secret, so it creates no clusters: run `wrangler secret put ISLET_BOOTSTRAP_SECRET` with the SHA-256 (hex) of a secret of yours';
const NO_OBJECT = 'the body is no JSON object';
const NOT_FOR_SESSIONS = "a dashboard's session manages no account: use the `islet` command";

export const createCluster = route({ code: 201 }, ({ env, rpc, credential, account, body }) => {
  if (!env.ISLET_BOOTSTRAP_SECRET) return statusResponse(failure('Forbidden', NO_BOOTSTRAP));
  const { name, simulatedNodes = 3, without = [] } = body;
  if (typeof name !== 'string' || !isCount(simulatedNodes, 0, MAX_SIMULATED_NODES)) {
    return badRequest(`name must be text and simulatedNodes a number from 0 to ${MAX_SIMULATED_NODES}`);
  }
  if (!isComponents(without)) return badRequest(`without must be a list of ${COMPONENTS.join(' and ')}`);
  return rpc.createCluster({ credential, account, name, simulatedNodes, without });
});

export const listClusters = route({ sessions: true }, ({ rpc, credential }) => items(rpc.listClusters({ credential })));

export const deleteCluster = route({}, ({ rpc, credential, name }) => rpc.deleteCluster({ credential, name }));

export const clusterToken = route({ code: 201 }, ({ rpc, credential, name }) => rpc.clusterToken({ credential, name }));

export const listAccountTokens = route({}, ({ rpc, credential }) => items(rpc.listCredentials({ credential })));

export const createAccountToken = route({ code: 201 }, ({ rpc, credential, account, body }) => {
  const { ttlSeconds: seconds = MAX_TOKEN_SECONDS } = body;
  if (!isCount(seconds, 1, MAX_TOKEN_SECONDS)) {
    return badRequest(`ttlSeconds must be a number from 1 to ${MAX_TOKEN_SECONDS}`);
  }
  return rpc.createToken({ credential, account, seconds });
});

export const revokeAccountToken = route({}, ({ rpc, credential, name: id }) => rpc.revoke({ credential, id }));

/** A one-time code for the dashboard: the first browser that opens `/?code=…` is signed in as this account. */
export const dashboardCode = route({ code: 201 }, ({ rpc, credential, account }) =>
  rpc.mintCode({ credential, account }),
);

/** Opens an account with the bootstrap secret, and answers its first token: the one place where that secret is sent. */
export async function openAccount(request: EdgeRequest, env: Env): Promise<EdgeResponse> {
  if (!env.ISLET_BOOTSTRAP_SECRET) return statusResponse(failure('Forbidden', NO_BOOTSTRAP));
  if (!(await isBootstrapSecret(env, request.headers.get('authorization')))) return unauthorized();
  const body = await readJsonObject(request);
  if (!body) return badRequest(NO_OBJECT);
  const { account = 'default', reset = false } = body;
  if (typeof account !== 'string' || !/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(account)) {
    return badRequest('account must be a DNS label');
  }
  if (typeof reset !== 'boolean') return badRequest('reset must be true or false');
  return answer(await accountOf(env, account).open({ account, reset }), 201);
}

function route(
  { code = 200, sessions = false }: Route,
  handler: Handler,
): (request: EdgeRequest, env: Env) => Promise<EdgeResponse> {
  return async (request, env) => {
    const caller = await identify(request, env, locate(request.url));
    const { account, use, jti } = caller?.claims ?? {};
    if (!caller || !account || !jti || (use !== 'account' && use !== 'session')) return unauthorized();
    if (use === 'session' && !sessions) return statusResponse(failure('Forbidden', NOT_FOR_SESSIONS));
    const body = request.method === 'POST' ? await readJsonObject(request) : {};
    if (!body) return badRequest(NO_OBJECT);
    const call = { env, rpc: accountOf(env, account), account, credential: jti, name: lastPart(request), body };
    const result = await handler(call);
    return 'ok' in result && !('headers' in result) ? answer(result, code, () => forget(env, caller)) : result;
  };
}

function forget(env: Env, caller: Caller): void {
  rememberRefusal(env, caller, 'revoked');
}

/** As it stands in the path: names and ids need no escapes, and an escaped one finds nothing. */
function lastPart(request: EdgeRequest): string {
  return (request as { params?: { name?: string } }).params?.name ?? '';
}

async function items<T>(asked: Promise<Result<T[]>>): Promise<Result<{ items: T[] }>> {
  const result = await asked;
  return result.ok ? { ok: true, value: { items: result.value } } : result;
}

function isCount(value: unknown, min: number, max: number): value is number {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
}

function isComponents(value: unknown): value is Component[] {
  return Array.isArray(value) && value.every((each) => (COMPONENTS as readonly unknown[]).includes(each));
}

/** `refused`: the account says that the token counts no longer. */
function answer(result: Result<unknown>, code: number, refused = (): void => {}): EdgeResponse {
  if (result.ok) return json(result.value, code);
  if (result.status.code === 401) refused();
  const seconds = result.status.details?.retryAfterSeconds;
  return statusResponse(result.status, seconds === undefined ? {} : { 'Retry-After': String(seconds) });
}

function json(value: unknown, status: number): EdgeResponse {
  return respond(`${JSON.stringify(value)}\n`, {
    status,
    headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' },
  });
}

function badRequest(message: string): EdgeResponse {
  return statusResponse(failure('BadRequest', message));
}
