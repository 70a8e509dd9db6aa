/**
 * The local launcher: calls servers on this machine and its network on behalf of the clusters, which run in workerd.
 * It listens on the loopback, and takes calls that carry its secret alone.
 */
import { timingSafeEqual } from 'node:crypto';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { LAUNCHER_PATH, type LauncherAnswer, type LauncherRequest } from '../../wire/launcher.ts';

export interface Launcher {
  port: number;
  stop(): Promise<void>;
}

const MAX_REQUEST = 16 * 1024 * 1024;

export async function startLauncher(secret: string): Promise<Launcher> {
  const server = createServer((request, response) => {
    void (async () => {
      if (!isOurs(request, secret)) return response.writeHead(403).end();
      const ask = JSON.parse(await textOf(request, MAX_REQUEST)) as LauncherRequest;
      response.setHeader('content-type', 'application/json');
      return response.end(JSON.stringify(await perform(ask)));
    })().catch((error) => response.writeHead(400).end((error as Error).message));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
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
  return method === 'POST' && url === LAUNCHER_PATH && isSecret;
}

/** Never rejects. */
function perform({
  url,
  caBundle,
  method,
  headers,
  body,
  timeoutMs,
  maxBytes,
}: LauncherRequest): Promise<LauncherAnswer> {
  return new Promise((resolve) => {
    const fail = (message: string): void => resolve({ ok: false, message });
    try {
      const send = url.startsWith('https:') ? httpsRequest : httpRequest;
      const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
      const options = { method, headers: { ...headers, ...length }, ca: caBundle, agent: false as const };
      const request = send(url, options, (response) => {
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
      request.on('error', (error) => {
        clearTimeout(timer);
        fail(inWordsOfGo(error, url));
      });
      request.end(body);
    } catch (error) {
      fail((error as Error).message);
    }
  });
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

/** Users search for these words. */
function inWordsOfGo(error: NodeJS.ErrnoException, url: string): string {
  const { hostname, port, protocol } = new URL(url);
  const address = `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`;
  switch (error.code) {
    case 'ECONNREFUSED':
      return `dial tcp ${address}: connect: connection refused`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `dial tcp: lookup ${hostname}: no such host`;
    case 'ECONNRESET':
      return 'EOF';
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_GET_ISSUER_CERT':
      return 'tls: failed to verify certificate: x509: certificate signed by unknown authority';
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `tls: failed to verify certificate: x509: certificate is not valid for ${hostname}`;
    case 'CERT_HAS_EXPIRED':
      return 'tls: failed to verify certificate: x509: certificate has expired or is not yet valid';
    default:
      return error.message;
  }
}
