/** A route of `/islet/v1/…` for the holder of an account's token, or for the page of one who is signed in. */
import { failure } from '../../../kube/machinery/status.ts';
import type { AccountRpc } from '../../../wire/account-rpc.ts';
import type { TokenScope } from '../../../wire/identity.ts';
import type { Result } from '../../../wire/rpc.ts';
import { accountOf, type Caller, identify, rememberRefusal } from '../../auth/authenticate.ts';
import { beyondScope, type Reach } from '../../auth/scope.ts';
import { readJsonObject } from '../../body.ts';
import { type EdgeRequest, type EdgeResponse, type Env, respond } from '../../env.ts';
import { type Location, locate } from '../../location.ts';
import { statusResponse, unauthorized } from '../../statuses.ts';

export interface Call {
  request: EdgeRequest;
  location: Location;
  env: Env;
  rpc: AccountRpc;
  account: string;
  /** The id of the caller's token. */
  credential: string;
  /** Whether it is a page that asks, and no token. */
  isSession: boolean;
  /** Of a token that is for less than the account. */
  scope?: TokenScope;
  /** The last part of the path, where the route names one. */
  name: string;
  body: Record<string, unknown>;
}

type Handler = (call: Call) => Promise<EdgeResponse | Result<unknown>> | EdgeResponse;

export const NO_OBJECT = 'the body is no JSON object';

const WITH_BODY = new Set(['POST', 'PATCH', 'PUT']);

interface RouteOptions {
  /** The status of a success. */
  code?: number;
  /** The tokens that may ask, where those of the whole account are not all. */
  reach?: Reach;
  /** The body is a file, which the handler reads. */
  takesFile?: boolean;
}

export function route(
  { code = 200, reach = 'account', takesFile = false }: RouteOptions,
  handler: Handler,
): (request: EdgeRequest, env: Env) => Promise<EdgeResponse> {
  return async (request, env) => {
    const location = locate(request.url);
    const caller = await identify(request, env, location);
    const { account, use, jti, scope } = caller?.claims ?? {};
    if (!caller || !account || !jti || (use !== 'account' && use !== 'session')) return unauthorized();
    const beyond = scope && beyondScope(scope, { method: request.method, reach });
    if (beyond !== undefined) return statusResponse(failure('Forbidden', beyond));
    const body = WITH_BODY.has(request.method) && !takesFile ? await readJsonObject(request) : {};
    if (!body) return badRequest(NO_OBJECT);
    const rpc = accountOf(env, account);
    const call = {
      request,
      location,
      env,
      rpc,
      account,
      credential: jti,
      isSession: use === 'session',
      scope,
      name: lastPart(request),
      body,
    };
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

export async function items<T>(asked: Promise<Result<T[]>>): Promise<Result<{ items: T[] }>> {
  const result = await asked;
  return result.ok ? { ok: true, value: { items: result.value } } : result;
}

export function isCount(value: unknown, min: number, max: number): value is number {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
}

/** `refused`: the account says that the token counts no longer. */
export function answer(result: Result<unknown>, code: number, refused = (): void => {}): EdgeResponse {
  if (result.ok) return json(result.value, code);
  if (result.status.code === 401) refused();
  const seconds = result.status.details?.retryAfterSeconds;
  return statusResponse(result.status, seconds === undefined ? {} : { 'Retry-After': String(seconds) });
}

export function json(value: unknown, status: number): EdgeResponse {
  return respond(`${JSON.stringify(value)}\n`, {
    status,
    headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' },
  });
}

export function badRequest(message: string): EdgeResponse {
  return statusResponse(failure('BadRequest', message));
}
