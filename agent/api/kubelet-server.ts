/**
 * The agent's own HTTPS server, in the place of a kubelet's (`pkg/kubelet/server`), for programs that scrape nodes at
 * their addresses, as metrics-server does (docs/decisions/2026-11-27-agents-listen-when-asked.md).
 */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { kubeletPage, type NodeReader } from '../../kube/usage/pages.ts';
import { type AccessPorts, KubeletAccess } from './kubelet-access.ts';

export interface KubeletServerOptions {
  /** 0: any free one. */
  port: number;
  /** Of the interface to listen on; all of them when absent. */
  host?: string;
  /** PEM. */
  certificate: string;
  key: string;
}

export interface KubeletServerPorts extends AccessPorts {
  node: NodeReader;
  warn(text: string): void;
}

const TEXT = 'text/plain; charset=utf-8';
/** A connection is closed beyond these. Times in milliseconds. */
const BOUNDS = {
  maxHeaderSize: 16 * 1024,
  handshakeTimeout: 5_000,
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 5_000,
};
const MOST_CONNECTIONS = 64;
/** Longer than metrics-server's interval, so that its connection is kept. */
const IDLE_MS = 60_000;

export class KubeletServer {
  readonly port: number;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  /** Rejects with one clear line when the port cannot be had. */
  static async listen(
    { port, host, certificate, key }: KubeletServerOptions,
    ports: KubeletServerPorts,
  ): Promise<KubeletServer> {
    const access = new KubeletAccess(ports);
    const server = createServer(
      { cert: certificate, key, minVersion: 'TLSv1.2', keepAliveTimeout: IDLE_MS, ...BOUNDS },
      (request, response) => void answer(request, response, access, ports),
    );
    server.maxConnections = MOST_CONNECTIONS;
    server.timeout = IDLE_MS;
    server.on('tlsClientError', (_, socket) => socket.destroy());
    server.listen({ port, host });
    await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'another program listens there' : error.message;
      throw new Error(`cannot listen at port ${port} (--kubelet-port): ${why}`);
    });
    server.on('error', (error) => ports.warn(`port ${port}: ${error.message}`));
    return new KubeletServer(server);
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

async function answer(
  { method = '', url = '', headers }: IncomingMessage,
  response: ServerResponse,
  access: KubeletAccess,
  { node, warn }: KubeletServerPorts,
): Promise<void> {
  const say = (status: number, body: string, type = TEXT): void => {
    // Callers that may not read keep no connection from those that may.
    if (status !== 200) response.setHeader('connection', 'close');
    response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body);
  };
  const path = pathOf(url);
  if (path === undefined) return say(400, 'Bad Request');
  try {
    const refusal = await access.refusal(method, path, headers.authorization);
    if (refusal) return say(refusal.status, refusal.message);
    const serve = kubeletPage(path);
    if (!serve) return say(404, '404 page not found\n');
    if (method !== 'GET') return say(405, '405: Method Not Allowed');
    const { type, body } = await serve(node);
    say(200, body, type);
  } catch (error) {
    warn(`${method} ${path}: ${(error as Error).message}`);
    say(500, `Internal Error: ${(error as Error).message}`);
  }
}

/** Decoded; undefined for what is no path. */
function pathOf(url: string): string | undefined {
  try {
    return url.startsWith('/') ? decodeURIComponent(url.replace(/[?#].*$/s, '')) : undefined;
  } catch {
    return undefined;
  }
}
