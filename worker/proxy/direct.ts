/**
 * A request that the cluster object passes on to a server that no agent is needed for: through the local launcher, or by
 * `fetch` to a public address. Both bodies are streams, and none of the answer passes the cluster's object.
 */
import { joinHostPort } from '../../kube/machinery/join-host-port.ts';
import { headerBytes, headerText } from '../../wire/headers.ts';
import {
  LAUNCHER_HEAD,
  LAUNCHER_STREAM_PATH,
  type LauncherHead,
  type LauncherStreamRequest,
} from '../../wire/launcher.ts';
import type { DirectCall } from '../../wire/stream.ts';
import type { EdgeRequest, EdgeResponse, Env } from '../env.ts';
import { type Opened, proxiedAnswer } from './answer.ts';
import { headersOf } from './headers.ts';

export async function callDirectly(env: Env, request: EdgeRequest, call: DirectCall): Promise<EdgeResponse> {
  const content = call.body === undefined || call.body === '' ? undefined : new TextEncoder().encode(call.body);
  const headers = headersOf(request, call.http, undefined, content).filter(([name]) => name !== 'content-length');
  const signal = AbortSignal.timeout(Math.max(0, Math.min(call.milliseconds, MAX_MS)));
  const opening = { method: request.method, headers, signal };
  const open = call.road === 'launcher' ? throughLauncher(env, call, opening) : byFetch(call, opening);
  const opened = await open.catch((error: Error) => ({ problem: error.message }));
  return proxiedAnswer(opened, request.method, call.http);
}

/** A timer takes no more. */
const MAX_MS = 2 ** 31 - 1;

interface Opening {
  method: string;
  headers: readonly (readonly [string, string])[];
  signal: AbortSignal;
}

async function throughLauncher(
  { LAUNCHER, ISLET_LAUNCHER_SECRET }: Env,
  { target, http, body }: DirectCall,
  { method, headers, signal }: Opening,
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
  { target: { host, port }, http, body }: DirectCall,
  { method, headers, signal }: Opening,
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
