/**
 * The local launcher: calls servers on this machine and its network on behalf of the clusters, which run in workerd.
 * It listens on the loopback, and takes calls that carry its secret alone.
 */
import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { endToEnd, openRequest } from '../../agent/streams/http-call.ts';
import { asciiJson, headersByName } from '../../wire/headers.ts';
import {
  LAUNCHER_HEAD,
  LAUNCHER_PATH,
  LAUNCHER_SOCKET_PATH,
  LAUNCHER_STREAM_PATH,
  type LauncherAnswer,
  type LauncherHead,
  type LauncherRequest,
  type LauncherStreamRequest,
} from '../../wire/launcher.ts';
import type { HttpTarget } from '../../wire/stream.ts';
import { passSocketOn } from './launcher-socket.ts';

export interface Launcher {
  port: number;
  stop(): Promise<void>;
}

const MAX_REQUEST = 16 * 1024 * 1024;

export async function startLauncher(secret: string): Promise<Launcher> {
  const server = createServer((request, response) => {
    void (async () => {
      if (!isOurs(request, secret)) return response.writeHead(403).end();
      if (request.url === LAUNCHER_STREAM_PATH) {
        return stream(JSON.parse(await textOf(request, MAX_REQUEST)) as LauncherStreamRequest, response);
      }
      const ask = JSON.parse(await textOf(request, MAX_REQUEST)) as LauncherRequest;
      response.setHeader('content-type', 'application/json');
      return response.end(JSON.stringify(await perform(ask)));
    })().catch((error) => response.writeHead(400).end((error as Error).message));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  server.on('upgrade', (request, connection, head) => {
    if (isOurs(request, secret)) void passSocketOn(request, connection, head);
    else connection.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n');
  });
  // The service decides how long this process lives.
  server.unref();
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function isOurs({ method, url, headers }: IncomingMessage, secret: string): boolean {
  const [given, wanted] = [Buffer.from(headers.authorization ?? ''), Buffer.from(`Bearer ${secret}`)];
  const isSecret = given.length === wanted.length && timingSafeEqual(given, wanted);
  const isCall = method === 'POST' && (url === LAUNCHER_PATH || url === LAUNCHER_STREAM_PATH);
  return (isCall || url === LAUNCHER_SOCKET_PATH) && isSecret;
}

/** The answer's bytes go on as they come, until either side lets go. */
function stream(
  { target, method, path, headers, body: encoded }: LauncherStreamRequest,
  response: ServerResponse,
): void {
  const body = encoded === undefined ? undefined : Buffer.from(encoded, 'base64');
  const answer = (head: LauncherHead): void => void response.setHeader(LAUNCHER_HEAD, asciiJson(head)).flushHeaders();
  const fail = (message: string): void => {
    if (response.headersSent) return void response.destroy();
    answer({ ok: false, message });
    response.end();
  };
  try {
    const length = body === undefined ? {} : { 'content-length': String(body.length) };
    const request = openRequest(target, { method, path, headers: { ...headersByName(headers), ...length } }, fail);
    response.on('close', () => request.destroy());
    request.on('response', (source) => {
      answer({ ok: true, head: { status: source.statusCode ?? 0, headers: endToEnd(source) } });
      source.on('error', () => response.destroy());
      source.pipe(response);
    });
    request.end(body);
  } catch (error) {
    fail((error as Error).message);
  }
}

/** Never rejects. */
function perform(ask: LauncherRequest): Promise<LauncherAnswer> {
  const { url, method, headers, body, timeoutMs, maxBytes } = ask;
  return new Promise((resolve) => {
    const fail = (message: string): void => resolve({ ok: false, message });
    try {
      const { pathname, search } = new URL(url);
      const target = targetOf(ask);
      const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
      const options = { method, path: pathname + search, headers: { ...headers, ...length } };
      const request = openRequest(target, options, (message) => {
        clearTimeout(timer);
        fail(message);
      });
      request.on('response', (response) => {
        textOf(response, maxBytes).then(
          (text) => {
            clearTimeout(timer);
            resolve({ ok: true, status: response.statusCode ?? 0, headers: plain(response), body: text });
          },
          (error: Error) => {
            clearTimeout(timer);
            request.destroy();
            fail(error.message);
          },
        );
      });
      const timer = setTimeout(() => {
        fail('context deadline exceeded');
        request.destroy();
      }, timeoutMs);
      request.end(body);
    } catch (error) {
      fail((error as Error).message);
    }
  });
}

function targetOf({ url, caBundle, serverName, insecure, client }: LauncherRequest): HttpTarget {
  const { protocol, hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  if (protocol !== 'https:') return { host, port: Number(port || 80) };
  return { host, port: Number(port || 443), tls: { caBundle, serverName, insecure, client } };
}

function plain({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

async function textOf(message: IncomingMessage, max: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > max) throw new Error(`the body is longer than ${max} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
