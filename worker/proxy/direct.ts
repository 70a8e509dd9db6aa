/**
 * A request that the cluster object passes on to a server that no agent is needed for: through the local launcher, or by
 * `fetch` to a public address. Both bodies are streams, and none of the answer passes the cluster's object.
 */
import { binaryString } from '../../kube/machinery/binary-string.ts';
import { joinHostPort } from '../../kube/machinery/join-host-port.ts';
import { asciiJson, changesInUrl, headerBytes, headerText } from '../../wire/headers.ts';
import {
  LAUNCHER_ASK,
  LAUNCHER_HEAD,
  LAUNCHER_SOCKET_PATH,
  LAUNCHER_STREAM_PATH,
  type LauncherHead,
  type LauncherSocketRequest,
  type LauncherStreamRequest,
} from '../../wire/launcher.ts';
import { BEARER_SUBPROTOCOL_PREFIX } from '../../wire/socket.ts';
import type { DirectCall } from '../../wire/stream.ts';
import type { EdgeRequest, EdgeResponse, Env } from '../env.ts';
import { type Opened, proxiedAnswer } from './answer.ts';
import { headersOf } from './headers.ts';

/** The words that an answer has for the road that was tried. */
const ROADS = { launcher: 'through the local launcher', fetch: 'by fetch from the edge' };

/** `sent`: the body as the client sent it, where the object was given another form. */
export async function callDirectly(
  env: Env,
  request: EdgeRequest,
  call: DirectCall,
  sent?: Uint8Array,
): Promise<EdgeResponse> {
  if (call.isUpgrade) return socketThroughLauncher(env, request, call);
  const body = sent ?? new TextEncoder().encode(call.body ?? '');
  const content = body.length === 0 ? undefined : body;
  const headers = headersOf(request, call.http, undefined, content).filter(([name]) => name !== 'content-length');
  const signal = AbortSignal.timeout(Math.max(0, Math.min(call.milliseconds, MAX_MS)));
  const opening = { method: request.method, headers, signal, body: content };
  const open = call.road === 'launcher' ? throughLauncher(env, call, opening) : byFetch(call, opening);
  const opened = await open.catch((error: Error) => ({ problem: `${error.message} (${ROADS[call.road]})` }));
  return proxiedAnswer(opened, request.method, call.http);
}

/** The client gets the launcher's socket, whose bytes the runtime pumps. */
async function socketThroughLauncher(
  { LAUNCHER, ISLET_LAUNCHER_SECRET }: Env,
  request: EdgeRequest,
  { target, http, milliseconds }: DirectCall,
): Promise<EdgeResponse> {
  const offered = splitProtocols(request.headers.get('sec-websocket-protocol'));
  const protocols = offered.filter((name) => !name.startsWith(BEARER_SUBPROTOCOL_PREFIX));
  const headers = headersOf(request, http, undefined, undefined);
  const ask: LauncherSocketRequest = { target, path: http.path, headers, protocols, milliseconds };
  const answer = await LAUNCHER?.fetch(`http://launcher${LAUNCHER_SOCKET_PATH}`, {
    headers: {
      upgrade: 'websocket',
      authorization: `Bearer ${ISLET_LAUNCHER_SECRET}`,
      [LAUNCHER_ASK]: asciiJson(ask),
      ...(protocols.length > 0 ? { 'sec-websocket-protocol': protocols.join(', ') } : {}),
    },
  });
  if (answer?.webSocket) return answer;
  return proxiedAnswer(launcherAnswer(answer), request.method, http);
}

/** The runtime's timers fire at once when they are given more. Milliseconds, some 24 days. */
const MAX_MS = 2 ** 31 - 1;

interface Opening {
  method: string;
  headers: readonly (readonly [string, string])[];
  signal: AbortSignal;
  body: Uint8Array | undefined;
}

async function throughLauncher(
  { LAUNCHER, ISLET_LAUNCHER_SECRET }: Env,
  { target, http }: DirectCall,
  { method, headers, signal, body }: Opening,
): Promise<Opened> {
  const ask: LauncherStreamRequest = {
    target,
    method,
    path: http.path,
    headers,
    ...(body && { body: btoa(binaryString(body)) }),
  };
  const answer = await LAUNCHER?.fetch(`http://launcher${LAUNCHER_STREAM_PATH}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ISLET_LAUNCHER_SECRET}` },
    body: JSON.stringify(ask),
    signal: signal as never,
  });
  return launcherAnswer(answer);
}

function launcherAnswer(answer: EdgeResponse | undefined): Opened {
  const text = answer?.headers.get(LAUNCHER_HEAD);
  if (!answer || !text) return { problem: 'the local launcher does not answer' };
  const head = JSON.parse(text) as LauncherHead;
  if (!head.ok) return { problem: `${head.message} (${ROADS.launcher})` };
  return { head: head.head, body: answer.body as unknown as ReadableStream<Uint8Array> };
}

/** The runtime shows no certificate of ours, and decodes what it is sent. */
async function byFetch(
  { target: { host, port }, http }: DirectCall,
  { method, headers, signal, body }: Opening,
): Promise<Opened> {
  const given = new Headers(
    headers.filter(([name]) => name !== 'host').map(([name, value]) => [name, headerText(value)]),
  );
  const url = `https://${joinHostPort(host, port)}${http.path}`;
  // The path as it came is the one that was authorised.
  if (changesInUrl(http.path.split('?', 1)[0] ?? ''))
    return { problem: `the path ${http.path} is another one to fetch` };
  const answer = await fetch(url, {
    method,
    headers: given,
    body: body as BodyInit | undefined,
    redirect: 'manual',
    signal,
  });
  const own = [...answer.headers]
    .filter(([name]) => name !== 'content-encoding' && name !== 'content-length')
    .map(([name, value]): [string, string] => [name, headerBytes(value)]);
  return { head: { status: answer.status, headers: own }, body: answer.body };
}

function splitProtocols(header: string | null): string[] {
  return (header ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
