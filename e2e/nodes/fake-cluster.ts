/**
 * The least of a cluster that an agent can talk to: objects in memory, watches over its socket, streams that meet.
 * For trying the agent against a real runtime without the service.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import WebSocket, { WebSocketServer } from 'ws';
import type { KubeObject } from '../../kube/machinery/object.ts';
import { encodeEvents, encodeMessage, PING, PONG } from '../../wire/socket.ts';
import type { OpenStream } from '../../wire/stream.ts';

interface Subscription {
  socket: WebSocket;
  id: number;
  resource: string;
  selects(object: KubeObject): boolean;
}

export class FakeCluster implements AsyncDisposable {
  readonly objects = new Map<string, KubeObject>();
  /** `PATCH /api/v1/…` and so on, in their order. */
  readonly requests: string[] = [];
  agents: WebSocket[] = [];
  #revision = 1;
  #subscriptions: Subscription[] = [];
  readonly #sessions = new Map<string, { agent?: WebSocket; client?: WebSocket }>();
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024 * 1024 });

  async listen(): Promise<string> {
    this.#server.on('upgrade', (request, socket, head) => {
      this.#sockets.handleUpgrade(request, socket, head, (ws) => {
        const url = new URL(request.url ?? '', 'http://x');
        if (url.pathname === '/islet/v1/socket') this.#agent(ws);
        else this.#stream(ws, url);
      });
    });
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this.address;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get<T = KubeObject>(resource: string, namespace: string, name: string): T | undefined {
    return this.objects.get(`${resource}/${namespace}/${name}`) as T | undefined;
  }

  put(resource: string, object: KubeObject): KubeObject {
    const { namespace = '', name } = object.metadata;
    const key = `${resource}/${namespace}/${name}`;
    const before = this.objects.get(key);
    const metadata = {
      uid: before?.metadata.uid ?? randomUUID(),
      creationTimestamp: new Date().toISOString(),
      ...object.metadata,
      resourceVersion: String(++this.#revision),
    };
    const next = { ...object, metadata };
    this.objects.set(key, next);
    this.#tell(resource, before ? 'MODIFIED' : 'ADDED', next);
    return next;
  }

  remove(resource: string, namespace: string, name: string): void {
    const key = `${resource}/${namespace}/${name}`;
    const object = this.objects.get(key);
    this.objects.delete(key);
    if (object) this.#tell(resource, 'DELETED', object);
  }

  /** `kubectl delete`: the agent ends the pod and removes it. */
  deletePod(namespace: string, name: string, grace = 2): void {
    const pod = this.get('pods', namespace, name);
    if (!pod) return;
    const deletionTimestamp = new Date(Date.now() + grace * 1000).toISOString();
    this.put('pods', { ...pod, metadata: { ...pod.metadata, deletionTimestamp, deletionGracePeriodSeconds: grace } });
  }

  /** The client's end of a stream that the agent is asked to serve. */
  async openStream(stream: OpenStream): Promise<WebSocket> {
    const session = randomUUID();
    this.#sessions.set(session, {});
    const client = new WebSocket(`${this.address.replace('http', 'ws')}/client/${session}`, stream.protocol, {
      perMessageDeflate: false,
    });
    await new Promise((resolve, reject) => client.once('open', resolve).once('error', reject));
    this.agents.at(-1)?.send(encodeMessage({ type: 'open-stream', session, ticket: 'ticket', stream }));
    return client;
  }

  #agent(ws: WebSocket): void {
    this.agents.push(ws);
    ws.on('message', (data) => {
      const text = String(data);
      if (text === PING) {
        ws.send(PONG);
        return;
      }
      const message = JSON.parse(text) as { type: string; id: number; path: string };
      if (message.type === 'subscribe') this.#subscribe(ws, message.id, message.path);
    });
    ws.on('close', () => {
      this.#subscriptions = this.#subscriptions.filter(({ socket }) => socket !== ws);
    });
  }

  #subscribe(socket: WebSocket, id: number, path: string): void {
    const url = new URL(path, 'http://x');
    const { resource, namespace } = parsePath(url.pathname);
    const [field = '', wanted = ''] = (url.searchParams.get('fieldSelector') ?? '').split('=');
    const selects = (object: KubeObject) => {
      if (namespace && object.metadata.namespace !== namespace) return false;
      if (field === '') return true;
      let value: unknown = object;
      for (const step of field.split('.')) value = (value as Record<string, unknown> | undefined)?.[step];
      return value === wanted;
    };
    this.#subscriptions.push({ socket, id, resource, selects });
    const lines = [...this.objects]
      .filter(([key, object]) => key.startsWith(`${resource}/`) && selects(object))
      .map(([, object]) => JSON.stringify({ type: 'ADDED', object }));
    const annotations = { 'k8s.io/initial-events-end': 'true' };
    const metadata = { resourceVersion: String(this.#revision), annotations };
    lines.push(JSON.stringify({ type: 'BOOKMARK', object: { metadata } }));
    socket.send(encodeEvents(id, lines.join('\n')));
  }

  #tell(resource: string, type: string, object: KubeObject): void {
    for (const subscription of this.#subscriptions) {
      if (subscription.resource !== resource || !subscription.selects(object)) continue;
      subscription.socket.send(encodeEvents(subscription.id, JSON.stringify({ type, object })));
    }
  }

  #stream(ws: WebSocket, url: URL): void {
    const end = url.pathname.startsWith('/client/') ? 'client' : 'agent';
    const session = url.pathname.split('/').at(-1) ?? '';
    const pair = this.#sessions.get(session) ?? {};
    pair[end] = ws;
    ws.pause();
    const { agent, client } = pair;
    if (!agent || !client) return;
    for (const [from, to] of [
      [agent, client],
      [client, agent],
    ] as const) {
      from.on('message', (data, binary) => {
        to.send(data, { binary }, () => from.resume());
        if (to.bufferedAmount > 1024 * 1024) from.pause();
      });
      from.on('close', (code, reason) =>
        code === 1006 ? to.terminate() : to.close(code === 1005 ? 1000 : code, reason),
      );
      from.resume();
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const body = text === '' ? undefined : (JSON.parse(text) as KubeObject);
    const path = (request.url ?? '').split('?')[0] ?? '';
    this.requests.push(`${request.method} ${path}`);
    const [code, answer] = this.#handle(request.method ?? '', path, body);
    response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  }

  #handle(method: string, path: string, body: KubeObject | undefined): [number, unknown] {
    const { resource, namespace, name, subresource } = parsePath(path);
    const status = (code: number, message: string) => [code, { kind: 'Status', code, message }] as [number, unknown];
    if (subresource === 'token') return [201, { status: { token: 'a-token' } }];
    if (method === 'POST' && body) {
      const key = `${resource}/${namespace}/${body.metadata.name}`;
      if (this.objects.has(key)) return status(409, 'already exists');
      return [201, this.put(resource, { ...body, metadata: { ...body.metadata, namespace } })];
    }
    const object = this.objects.get(`${resource}/${namespace}/${name}`);
    if (!object) return status(404, `${resource} "${name}" not found`);
    if (method === 'PATCH') return [200, this.put(resource, merge(object, body as Patch) as KubeObject)];
    if (method === 'DELETE') this.remove(resource, namespace, name);
    return [200, object];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

type Patch = Record<string, unknown>;

/** Strategic merge, for what agents send: lists with a `type` merge by it, others replace. */
function merge(object: unknown, patch: Patch): Patch {
  const result: Patch = { ...(object as Patch) };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else if (Array.isArray(value)) result[key] = mergeLists(result[key], value);
    else if (typeof value === 'object') result[key] = merge(result[key] ?? {}, value as Patch);
    else result[key] = value;
  }
  return result;
}

function mergeLists(before: unknown, patch: unknown[]): unknown[] {
  const items = patch.filter((item) => !(item as Patch).$patch) as Patch[];
  if (!items.every((item) => typeof item === 'object' && 'type' in item)) return items;
  const merged = new Map(((before ?? []) as Patch[]).map((item) => [item.type, item]));
  for (const item of items) merged.set(item.type, merge(merged.get(item.type) ?? {}, item));
  return [...merged.values()];
}

function parsePath(path: string): { resource: string; namespace: string; name: string; subresource: string } {
  const steps = path.replace(/^\/api\/v1\//, '').split('/');
  const namespace = steps[0] === 'namespaces' && steps.length > 2 ? (steps[1] ?? '') : '';
  const [resource = '', name = '', subresource = ''] = namespace ? steps.slice(2) : steps;
  return { resource, namespace, name, subresource };
}
