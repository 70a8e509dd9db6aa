/**
 * A request that the cluster object passes on to a server that no agent is needed for: through the local launcher, or by
 * `fetch` to a public address. Both bodies are streams, and none of the answer passes the cluster's object.
 */
import { joinHostPort } from '../kube/machinery/join-host-port.ts';
import { headerBytes, headerText } from '../wire/headers.ts';
import {
  LAUNCHER_HEAD,
  LAUNCHER_STREAM_PATH,
  type LauncherHead,
  type LauncherStreamRequest,
} from '../wire/launcher.ts';
import type { DirectCall, HttpAnswerHead } from '../wire/stream.ts';
import type { EdgeRequest, EdgeResponse, Env } from './env.ts';
import { answerOf, headersOf, isRedirect, noRedirect, unreached } from './http-bridge.ts';

type Opened = { head: HttpAnswerHead; body: ReadableStream<Uint8Array> | null } | { problem: string };

export async function callDirectly(env: Env, request: EdgeRequest, call: DirectCall): Promise<EdgeResponse> {
  const content = call.body === undefined || call.body === '' ? undefined : new TextEncoder().encode(call.body);
  const headers = headersOf(request, call.http, undefined, content).filter(([name]) => name !== 'content-length');
  const signal = AbortSignal.timeout(Math.max(0, Math.min(call.milliseconds, MAX_MS)));
  const open = call.road === 'launcher' ? throughLauncher : byFetch;
  const opened = await open(env, request.method, call, headers, signal).catch((error: Error) => ({
    problem: error.message,
  }));
  if ('problem' in opened) return unreached(opened.problem, call.http);
  if (isRedirect(opened.head, call.http)) {
    await opened.body?.cancel();
    return noRedirect();
  }
  const hasNoBody = request.method === 'HEAD' || [101, 204, 205, 304].includes(opened.head.status);
  if (hasNoBody) await opened.body?.cancel();
  return answerOf(opened.head, hasNoBody ? null : opened.body, undefined, call.http);
}

/** A timer takes no more. */
const MAX_MS = 2 ** 31 - 1;

type Headers = readonly (readonly [string, string])[];

async function throughLauncher(
  { LAUNCHER, ISLET_LAUNCHER_SECRET }: Env,
  method: string,
  { target, http, body }: DirectCall,
  headers: Headers,
  signal: AbortSignal,
): Promise<Opened> {
  const ask: LauncherStreamRequest = { target, method, path: http.path, headers, ...(body ? { body } : {}) };
  const answer = await LAUNCHER?.fetch(`http://launcher${LAUNCHER_STREAM_PATH}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ISLET_LAUNCHER_SECRET}` },
    body: JSON.stringify(ask),
    signal: signal as never,
  });
  const text = answer?.headers.get(LAUNCHER_HEAD);
  if (!answer || !text) return { problem: 'the local launcher does not answer' };
  const head = JSON.parse(text) as LauncherHead;
  if (!head.ok) return { problem: head.message };
  return { head: head.head, body: answer.body as unknown as ReadableStream<Uint8Array> };
}

/** Steps that `fetch` takes before it asks, while the path as it came is the one that was authorised. */
const LEADS_ELSEWHERE = /^[^?]*(\\|\/(\.|%2e){1,2}([/?]|$))/i;

/** The runtime shows no certificate of ours, and decodes what it is sent. */
async function byFetch(
  _env: Env,
  method: string,
  { target: { host, port }, http, body }: DirectCall,
  headers: Headers,
  signal: AbortSignal,
): Promise<Opened> {
  const given = new Headers(
    headers.filter(([name]) => name !== 'host').map(([name, value]) => [name, headerText(value)]),
  );
  const url = `https://${joinHostPort(host, port)}${http.path}`;
  if (LEADS_ELSEWHERE.test(http.path)) return { problem: `the path ${http.path} is another one to fetch` };
  const answer = await fetch(url, { method, headers: given, body: body || undefined, redirect: 'manual', signal });
  const own = [...answer.headers]
    .filter(([name]) => name !== 'content-encoding' && name !== 'content-length')
    .map(([name, value]): [string, string] => [name, headerBytes(value)]);
  return { head: { status: answer.status, headers: own }, body: answer.body };
}
