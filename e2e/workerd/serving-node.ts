/** A node whose agent is real as far as streams go, and a server that a pod of it has on this machine. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { WebSocketServer } from 'ws';
import { ClusterSocket } from '../../agent/api/socket.ts';
import { systemClock as clock } from '../../agent/clock.ts';
import { makeClientKey } from '../../agent/streams/client-key.ts';
import { OpenStreams } from '../../agent/streams/open-streams.ts';
import { StreamServer } from '../../agent/streams/serve.ts';
import { type Endpoint, send } from '../../cli/local/client.ts';
import { eventually } from '../eventually.ts';

const log = { info() {}, warn() {}, error() {} };

/** Of this machine: no pod has an address of the loopback. */
export const ADDRESS = Object.values(networkInterfaces())
  .flat()
  .find((one) => one?.family === 'IPv4' && !one.internal)?.address;

/** The reason why this can't be tried here. */
export const skip = ADDRESS === undefined ? 'this machine has no address beside the loopback' : undefined;

export interface Seen {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
}

export class ServingNode implements AsyncDisposable {
  readonly port: number;
  readonly #node: Endpoint;
  readonly #end: () => void;

  private constructor(node: Endpoint, port: number, end: () => void) {
    this.#node = node;
    this.port = port;
    this.#end = end;
  }

  /** `node`: the credentials of the node n1. Its pods' WebSockets say what they are told. `obeys`: ends streams when told. */
  static async open(
    node: Endpoint,
    serve: (request: IncomingMessage, response: ServerResponse) => void,
    obeys = true,
  ): Promise<ServingNode> {
    const clientKey = makeClientKey();
    const options = { server: node.server, ca: node.ca, token: () => node.token ?? '', userAgent: 'test' };
    const open = new OpenStreams({ clock, send: (message) => link.send(message) });
    const streams = new StreamServer({ ...options, clientKey }, { log, open } as never);
    const link: ClusterSocket = new ClusterSocket(
      { ...options, publicKey: clientKey.publicKey, clock, random: Math.random, log },
      {
        up: () => open.tell(),
        down() {},
        refused() {},
        events() {},
        message(message) {
          if (message.type === 'open-stream') streams.open(message);
          if (message.type === 'end-streams' && obeys) streams.end(message.sessions, message.reason);
          if (message.type === 'close-streams') streams.closeFor(message.holder);
        },
      },
    );
    link.dial();
    await eventually(() => link.open || Promise.reject(new Error('the agent is not connected')));
    const server = createServer(serve);
    const sockets = new WebSocketServer({ server });
    sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(`echo ${data}`)));
    server.listen(0);
    await once(server, 'listening');
    return new ServingNode(node, (server.address() as AddressInfo).port, () => {
      link.close();
      streams.close();
      sockets.close();
      server.closeAllConnections();
      server.close();
    });
  }

  /** A pod that runs on the node, as its agent would report it. */
  async pod(cluster: Endpoint, name: string): Promise<void> {
    const ports = [{ name: 'http', containerPort: this.port }];
    const pod = {
      metadata: { name, labels: { app: name } },
      spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'i', ports }] },
    };
    await eventually(async () => ok(await send(cluster, 'POST', PODS, pod)), 30_000);
    const status = {
      phase: 'Running',
      podIP: ADDRESS,
      podIPs: [{ ip: ADDRESS }],
      conditions: [{ type: 'Ready', status: 'True' }],
    };
    const path = `${PODS}/${name}/status`;
    const { text } = await send(this.#node, 'GET', `${PODS}/${name}`);
    ok(await send(this.#node, 'PUT', path, { ...(JSON.parse(text) as object), status }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end();
  }
}

export const PODS = '/api/v1/namespaces/default/pods';

/** The credentials of a node n1 that joins the cluster, whose administrator asks. */
export async function joinNode(cluster: Endpoint): Promise<Endpoint> {
  const made = await send(cluster, 'POST', '/islet/v1/join-tokens', {});
  const { token } = JSON.parse(made.text) as { token: string };
  const joined = ok(await send({ ...cluster, token }, 'POST', '/islet/v1/join', { nodeName: 'n1' }));
  const node = { ...cluster, token: (JSON.parse(joined) as { token: string }).token };
  ok(await send(node, 'POST', '/api/v1/nodes', { metadata: { name: 'n1' } }));
  return node;
}

function ok({ status, text }: { status: number; text: string }): string {
  if (status >= 300) throw new Error(`${status} ${text}`);
  return text;
}
