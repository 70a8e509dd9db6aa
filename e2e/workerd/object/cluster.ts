/**
 * A cluster for tests inside workerd: everything goes through the Worker, and its object can be put to sleep at will.
 */
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import type { Response as CfResponse, DurableObjectStub } from '@cloudflare/workers-types';
import { durableObjectSql } from '../../../durable-objects/store/sql/durable-object.ts';
import type { SqlPort } from '../../../durable-objects/store/sql/port.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { type ClientMessage, decodeServerFrame, type ServerMessage, SUBPROTOCOL } from '../../../wire/socket.ts';

const ORIGIN = 'https://islet.test';

export interface WatchEvent {
  type: string;
  object: KubeObject & { code?: number; message?: string };
}

let count = 0;

export class Cluster {
  readonly stub: DurableObjectStub;
  readonly id: string;
  readonly #token: string;

  private constructor(id: string, token: string) {
    this.id = id;
    this.#token = token;
    this.stub = env.CLUSTER.getByName(id);
  }

  static async create(simulatedNodes = 0): Promise<Cluster> {
    const account = await management('accounts', env.TEST_SECRET, { account: `account-${count}` });
    const { id, token } = await management('clusters', account.token, { name: `c-${count++}`, simulatedNodes });
    return new Cluster(id ?? '', token ?? '');
  }

  /** The same cluster, asked with another token. */
  as(token: string): Cluster {
    return new Cluster(this.id, token);
  }

  fetch(path: string, init: { method?: string; headers?: Record<string, string>; body?: string } = {}) {
    const headers = { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json', ...init.headers };
    return exports.default.fetch(`${ORIGIN}/clusters/${this.id}${path}`, { ...init, headers });
  }

  /** Anything but success is an error with the server's words. */
  async send<T = KubeObject>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.fetch(path, { method, body: body === undefined ? undefined : JSON.stringify(body) });
    const text = await answer.text();
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text) as T;
  }

  /** Takes the object's instance away; storage and sockets stay. */
  async sleep(): Promise<void> {
    // Only one that is awake can be put to sleep.
    await this.send('GET', '/api/v1/namespaces/default');
    await evictDurableObject(this.stub);
  }

  /** Runs over the database of the object. */
  withSql<T>(body: (sql: SqlPort) => T): Promise<T> {
    return runInDurableObject(this.stub, (_, state) => body(durableObjectSql(state.storage)));
  }

  async socket(options?: { acknowledge?: boolean }): Promise<Socket> {
    const answer = await this.fetch('/islet/v1/socket', {
      headers: { upgrade: 'websocket', 'sec-websocket-protocol': SUBPROTOCOL },
    });
    return new Socket(answer, options);
  }

  /** A watch as kubectl makes it. */
  async watch(path: string): Promise<HttpWatch> {
    const answer = await this.fetch(path);
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return new HttpWatch(answer.body as unknown as ReadableStream<Uint8Array>);
  }
}

/** A dashboard's socket, with what came for each subscription. */
export class Socket {
  readonly events = new Map<number, WatchEvent[]>();
  readonly messages: ServerMessage[] = [];
  /** Code and reason, once the cluster has closed it. */
  closed: [code: number, reason: string] | undefined;
  /** Code units received that were not acknowledged yet. */
  owed = 0;
  acknowledges: boolean;
  /** The last one, which is sent back to acknowledge what came before it. */
  #mark: string | undefined;
  readonly #socket: NonNullable<CfResponse['webSocket']>;

  constructor({ webSocket, status }: CfResponse, { acknowledge = true } = {}) {
    if (!webSocket) throw new Error(`no socket, but ${status}`);
    this.#socket = webSocket;
    this.acknowledges = acknowledge;
    webSocket.accept();
    webSocket.addEventListener('message', ({ data }) => this.#received(String(data)));
    webSocket.addEventListener('close', ({ code, reason }) => {
      this.closed = [code, reason];
    });
  }

  subscribe(id: number, path: string): void {
    this.events.set(id, []);
    this.#send({ type: 'subscribe', id, path });
  }

  acknowledge(): void {
    if (this.#mark !== undefined) this.#send({ type: 'credit', mark: this.#mark });
    this.owed = 0;
  }

  /** A frame of any kind. */
  sendText(text: string): void {
    this.#socket.send(text);
  }

  close(): void {
    this.#socket.close(1000);
  }

  #received(data: string): void {
    const frame = decodeServerFrame(data);
    if (frame.type === 'message' && frame.message.type === 'mark') {
      this.#mark = frame.message.mark;
      if (this.acknowledges) this.acknowledge();
      return;
    }
    if (frame.type === 'message') this.messages.push(frame.message);
    if (frame.type === 'events') this.events.get(frame.subscription)?.push(...eventsOf(frame.lines));
    this.owed += data.length;
  }

  #send(message: ClientMessage): void {
    this.sendText(JSON.stringify(message));
  }
}

export class HttpWatch {
  readonly events: WatchEvent[] = [];
  ended = false;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(body: ReadableStream<Uint8Array>) {
    this.#reader = body.getReader();
    void this.#read().catch(() => {});
  }

  close(): Promise<void> {
    return this.#reader.cancel();
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    let rest = '';
    for (;;) {
      const { value, done } = await this.#reader.read();
      if (done) break;
      rest += decoder.decode(value, { stream: true });
      const end = rest.lastIndexOf('\n') + 1;
      this.events.push(...eventsOf(rest.slice(0, end)));
      rest = rest.slice(end);
    }
    this.ended = true;
  }
}

function eventsOf(lines: string): WatchEvent[] {
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as WatchEvent);
}

async function management(path: string, token: string, body: unknown) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const init = { method: 'POST', headers, body: JSON.stringify(body) };
  const answer = await exports.default.fetch(`${ORIGIN}/islet/v1/${path}`, init);
  if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as { token: string; id?: string };
}
