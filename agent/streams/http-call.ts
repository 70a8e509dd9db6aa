/**
 * One HTTP request that the cluster asks the agent to make (`wire/http-call.ts`): to a pod, or to another address that
 * only the machines of the cluster's owner reach. The server's certificate is checked here.
 */
import { type ClientRequest, type IncomingMessage, request as plainRequest, type RequestOptions } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import type WebSocket from 'ws';
import { joinHostPort } from '../../kube/machinery/join-host-port.ts';
import { headersByName, isEndToEnd } from '../../wire/headers.ts';
import type { HttpTarget, HttpTls, StreamControl, StreamSpec } from '../../wire/stream.ts';
import { wrongIdentity } from './server-identity.ts';
import { StreamFailure } from './status.ts';
import { controlOf, Window } from './window.ts';

/** Milliseconds for a connection, TLS included, as of upstream's dialer. */
const CONNECT_TIMEOUT = 30_000;
/** Bytes of the headers of an answer, of which Node takes 16 KiB by default. */
const MAX_HEAD = 96 * 1024;

type HttpSpec = Extract<StreamSpec, { kind: 'http' }>;

/** Resolves when the answer has been sent. Throws a StreamFailure, in the words of Go's client, when there is none. */
export function serveHttp(client: WebSocket, { target, timeoutMs }: HttpSpec, signal: AbortSignal): Promise<void> {
  const window = new Window(client);
  return new Promise((resolve, reject) => {
    let request: ClientRequest | undefined;
    const give = (control: StreamControl): void => client.send(JSON.stringify(control));
    const fail = (message: string): void => {
      reject(new StreamFailure(503, 'ServiceUnavailable', message));
      request?.destroy();
    };
    const deadline =
      timeoutMs === undefined ? undefined : setTimeout(() => fail('context deadline exceeded'), timeoutMs);
    signal.addEventListener('abort', () => {
      clearTimeout(deadline);
      fail('context canceled');
    });
    client.on('message', (data: Buffer, isBinary) => {
      if (isBinary) {
        request?.write(data, () => give({ type: 'credit', bytes: data.length }));
        return;
      }
      const control = controlOf(data.toString());
      if (control?.type === 'end') request?.end();
      if (control?.type !== 'request' || request) return;
      try {
        const { method, path, headers } = control;
        request = openRequest(target, { method, path, headers: headersByName(headers) }, fail);
      } catch (error) {
        fail((error as Error).message);
        return;
      }
      request.on('response', (response) => {
        give({ type: 'start', head: { status: response.statusCode ?? 0, headers: endToEnd(response) } });
        copy(response, window).then(resolve, (error: Error) => fail(error.message));
      });
    });
    client.resume();
  });
}

/**
 * Tells once or more often why there will be no answer, or no whole one. Throws for options that no connection can be
 * made with, such as authorities that are no PEM.
 */
export function openRequest(
  target: HttpTarget,
  options: RequestOptions,
  failed: (message: string) => void,
): ClientRequest {
  const { host, port, tls } = target;
  const connect = { ...options, host, port, agent: false as const, maxHeaderSize: MAX_HEAD };
  const request = tls ? tlsRequest({ ...connect, ...tlsOptions(tls, host) }) : plainRequest(connect);
  const timer = setTimeout(() => {
    failed(`dial tcp ${addressOf(target)}: i/o timeout`);
    request.destroy();
  }, CONNECT_TIMEOUT);
  const stop = (): void => clearTimeout(timer);
  request.on('socket', (socket) => socket.once(tls ? 'secureConnect' : 'connect', stop));
  request.on('close', stop);
  request.on('error', (error) => failed(inWordsOfGo(error, target)));
  request.on('upgrade', ({ headers }, socket) => {
    socket.destroy();
    failed(`backend tried to switch protocol ${JSON.stringify(headers.upgrade)} when "" was requested`);
  });
  return request;
}

/** Throws for authorities that are no PEM. */
export function tlsOptions({ serverName, caBundle, insecure, client }: HttpTls, host: string): ConnectionOptions {
  if (caBundle !== undefined && !caBundle.includes('-----BEGIN CERTIFICATE-----')) {
    throw new Error('unable to load root certificates: unable to parse bytes as PEM block');
  }
  // Go takes each certificate of a bundle for a root, also the one that the server itself shows, as envtest's webhooks
  // do.
  const asGo = { allowPartialTrustChain: true };
  return {
    ...asGo,
    // Node would name the host of the request's header, which need not be the server's. An address is no name.
    servername: serverName ?? (isIP(host) ? '' : host),
    ca: caBundle,
    rejectUnauthorized: !insecure,
    checkServerIdentity: (_, certificate) => wrongIdentity(serverName ?? host, certificate),
    ...client,
  };
}

async function copy(response: IncomingMessage, window: Window): Promise<void> {
  for await (const chunk of response) {
    // Leaving the loop ends the connection.
    if (!window.isOpen) return;
    await window.write(chunk as Buffer);
  }
}

export function endToEnd({ rawHeaders, headers }: IncomingMessage): [string, string][] {
  const pairs: [string, string][] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (isEndToEnd(name, headers.connection ?? null)) pairs.push([name, rawHeaders[at + 1] ?? '']);
  }
  return pairs;
}

const addressOf = ({ host, port }: HttpTarget): string => joinHostPort(host, port);

/** A failed connection in the words of Go's client, which users search for. */
export function inWordsOfGo(error: NodeJS.ErrnoException, target: HttpTarget): string {
  switch (error.code) {
    case 'ECONNREFUSED':
      return `dial tcp ${addressOf(target)}: connect: connection refused`;
    case 'EHOSTUNREACH':
      return `dial tcp ${addressOf(target)}: connect: no route to host`;
    case 'ENETUNREACH':
      return `dial tcp ${addressOf(target)}: connect: network is unreachable`;
    case 'ETIMEDOUT':
      return `dial tcp ${addressOf(target)}: connect: connection timed out`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `dial tcp: lookup ${target.host}: no such host`;
    case 'ECONNRESET':
      return 'EOF';
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return target.tls ? 'http: server gave HTTP response to HTTPS client' : error.message;
    case 'HPE_INVALID_CONSTANT':
      return 'malformed HTTP response';
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'CERT_SIGNATURE_FAILURE':
      return 'tls: failed to verify certificate: x509: certificate signed by unknown authority';
    case 'INVALID_PURPOSE':
      return 'tls: failed to verify certificate: x509: certificate specifies an incompatible key usage';
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
      return 'tls: failed to verify certificate: x509: certificate has expired or is not yet valid';
    default:
      return error.message;
  }
}
