/**
 * Islet within this process: the edge's own code in front of a cluster on `node:sqlite`. Nothing is built, no socket is
 * opened, and a request takes less than a millisecond.
 */
import type { Outbound } from '../../../durable-objects/apiserver/outbound.ts';
import type { Credential } from '../../../durable-objects/apiserver/request.ts';
import { ADMIN, TestCluster } from '../../../durable-objects/testing/cluster.ts';
import { apiRequest, targetOf, toResponse } from '../../../durable-objects/wiring/http/responses.ts';
import { type Claims, FORWARDED_HEADER } from '../../../wire/identity.ts';
import { WATCH_FORMAT_HEADER } from '../../../wire/protobuf.ts';
import type { Component } from '../../../wire/rpc.ts';
import type { EdgeRequest, Env } from '../../../worker/env.ts';
import { locate } from '../../../worker/location.ts';
import { serveAs } from '../../../worker/routes/cluster.ts';
import type { Request as Asked } from '../request.ts';
import type { Answer, Ask } from './servers.ts';

/** Decades, as a watch ends with its token. */
const EXPIRES = 4_000_000_000;

/** The cluster's clock goes on by so much as often, so that what it does later comes due. */
const TICK_MS = 20;

export interface InProcess {
  ask: Ask;
  /** The cluster's own clock, which begins at a time of its own, in milliseconds since the epoch. */
  now(): number;
  stop(): void;
}

export async function startInProcess(
  without: readonly Component[] = ['controllers', 'scheduler'],
  outbound?: Outbound,
): Promise<InProcess> {
  // The runtime's own pipe, which the edge holds a watch with.
  Object.assign(globalThis, { IdentityTransformStream: TransformStream });
  const cluster = await TestCluster.start({ simulatedNodes: 0, without, ...(outbound ? { outbound } : {}) });
  const stop = await keepTime(cluster);
  const claims: Claims = {
    iss: 'islet',
    sub: ADMIN.name,
    iat: 0,
    exp: EXPIRES,
    jti: 'differential',
    groups: [...ADMIN.groups],
    cluster: 'test',
    use: 'cluster',
  };
  const caller = { claims, printed: JSON.stringify(claims) };
  const object = { fetch: (url: string, init: RequestInit) => answerOfObject(cluster, url, init) };
  const env = { CLUSTER: { getByName: () => object } } as unknown as Env;
  const ask: Ask = async (asked) => {
    const request = requestOf(asked);
    const location = locate(request.url);
    const target = { id: 'test', path: location.path };
    const response = await serveAs(request, env, location, caller as never, target);
    // The runtime sends no body to a HEAD.
    return read(asked.method === 'HEAD' ? { ...heads(response), body: null } : response);
  };
  return { ask, now: () => cluster.now, stop };
}

const MINUTE = 60_000;

/** The cluster's clock goes as fast as this machine's, however long a step takes, and its minutes begin when those do. */
async function keepTime(cluster: TestCluster): Promise<() => void> {
  await cluster.advance((((Date.now() - cluster.now) % MINUTE) + MINUTE) % MINUTE);
  let last = performance.now();
  let timer = setTimeout(tick, TICK_MS);
  async function tick(): Promise<void> {
    const now = performance.now();
    const passed = Math.floor(now - last);
    last += passed;
    await cluster.advance(passed);
    timer = setTimeout(tick, TICK_MS).unref();
  }
  timer.unref();
  return () => clearTimeout(timer);
}

function requestOf({ method, path, headers = {}, body }: Asked): EdgeRequest {
  const all = new Headers(headers);
  if (body !== undefined) all.set('content-length', String(Buffer.byteLength(body)));
  const init = { method, headers: all, body: method === 'GET' || method === 'HEAD' ? undefined : body };
  // Node's own fetch sets a type where there is none, which no client that names none does.
  const request = new Request(`https://islet.test${path}`, init);
  if (body !== undefined && !('content-type' in headers)) request.headers.delete('content-type');
  return request as unknown as EdgeRequest;
}

function heads({ status, headers }: { status: number; headers: unknown }) {
  return { status, headers };
}

function read(response: { status: number; headers: unknown; body: unknown }): Answer {
  const body = response.body as ReadableStream<Uint8Array> | null;
  const headers = Object.fromEntries(response.headers as Headers);
  const iterator = body?.[Symbol.asyncIterator]();
  return {
    status: response.status,
    headers,
    body: iterator ? { [Symbol.asyncIterator]: () => iterator } : { async *[Symbol.asyncIterator]() {} },
    close: () => void iterator?.return?.(undefined)?.catch(() => {}),
  };
}

/** With the uid that the peer's file of tokens gives its own, which is kept in requests for certificates. */
const PEERS_ADMIN = { ...ADMIN, uid: 'admin' };

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

async function answerOfObject(cluster: TestCluster, url: string, init: RequestInit): Promise<unknown> {
  const { method = 'GET', body } = init;
  const text = body ? utf8.decode(await new Response(body).arrayBuffer()) : undefined;
  const sent = { method } as EdgeRequest;
  const forwarded = JSON.parse(new Headers(init.headers).get(FORWARDED_HEADER) ?? '{}');
  const credential: Credential = { id: 'differential', use: 'cluster', expires: EXPIRES * 1000 };
  const request = apiRequest(sent, targetOf(url), { user: PEERS_ADMIN, credential }, forwarded, text);
  const answer = await cluster.handle(request);
  if (answer.type === 'response') return toResponse(answer, pause, after, request.header('accept-encoding') ?? null);
  if (answer.type !== 'watch') return new Response(`a ${answer.type} is not served in this process`, { status: 501 });
  const { watch, tooLarge, format, headers: more } = answer;
  const socket = new Socket((id) => cluster.hub.closed(id));
  if (tooLarge && watch.initialEvents) cluster.hub.refuse(socket, 0, tooLarge);
  else cluster.hub.subscribe(socket, 0, watch);
  return {
    status: 101,
    headers: new Headers(format ? { ...more, [WATCH_FORMAT_HEADER]: format } : more),
    webSocket: socket,
  };
}

const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function after(milliseconds: number, run: () => void): () => void {
  const timer = setTimeout(run, milliseconds);
  return () => clearTimeout(timer);
}

let sockets = 0;

/** Both ends of a socket: the hub's, which sends, and the edge's, which listens. */
class Socket {
  readonly id = `socket-${++sockets}`;
  readonly #closed: (id: string) => void;
  #listener: ((event: { data: string }) => void) | undefined;
  #waiting: string[] = [];

  constructor(closed: (id: string) => void) {
    this.#closed = closed;
  }

  /** From the hub: a frame; from the edge: a credit, which no watch of a sequence is long enough to need. */
  send(frame: string): void {
    if (frame.startsWith('{"type":"credit"')) return;
    if (this.#listener) this.#listener({ data: frame });
    else this.#waiting.push(frame);
  }

  accept(): void {}

  addEventListener(type: string, listener: (event: { data: string }) => void): void {
    if (type !== 'message') return;
    this.#listener = listener;
    for (const data of this.#waiting.splice(0)) listener({ data });
  }

  close(): void {
    this.#closed(this.id);
  }
}
