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
import type { HttpRequestHead, HttpTarget, HttpTls, StreamControl, StreamSpec } from '../../wire/stream.ts';
import { StreamFailure } from './status.ts';
import { controlOf, Window } from './window.ts';

/** Milliseconds for a connection, TLS included, as of upstream's dialer. */
const CONNECT_TIMEOUT = 30_000;

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
        request = begin(target, control, fail);
      } catch (error) {
        fail((error as Error).message);
        return;
      }
      request.on('error', (error) => fail(inWordsOfGo(error, target)));
      request.on('upgrade', ({ headers }, socket) => {
        socket.destroy();
        fail(`backend tried to switch protocol ${JSON.stringify(headers.upgrade)} when "" was requested`);
      });
      request.on('response', (response) => {
        give({ type: 'start', head: { status: response.statusCode ?? 0, headers: endToEnd(response) } });
        copy(response, window).then(resolve, (error: Error) => fail(error.message));
      });
    });
    client.resume();
  });
}

function begin(target: HttpTarget, head: HttpRequestHead, fail: (message: string) => void): ClientRequest {
  const { method, path, headers } = head;
  const request = openRequest(target, { method, path, headers: headersByName(headers) });
  const timer = setTimeout(() => fail(`dial tcp ${addressOf(target)}: i/o timeout`), CONNECT_TIMEOUT);
  const stop = (): void => clearTimeout(timer);
  request.on('socket', (socket) => socket.once(target.tls ? 'secureConnect' : 'connect', stop));
  request.on('close', stop);
  return request;
}

/** Throws for options that no connection can be made with, such as authorities that are no PEM. */
export function openRequest({ host, port, tls }: HttpTarget, options: RequestOptions): ClientRequest {
  const connect = { ...options, host, port, agent: false as const };
  if (!tls) return plainRequest(connect);
  return tlsRequest({ ...connect, ...tlsOptions(tls, host) });
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

/** `HostnameError` of `crypto/x509`, of the names that Node gives as `DNS:a, IP Address:127.0.0.1`. */
function otherNames(wanted: string, error: Error): string {
  const { cert } = error as { cert?: { subjectaltname?: string } };
  const kind = isIP(wanted) ? 'IP Address:' : 'DNS:';
  const names = (cert?.subjectaltname ?? '')
    .split(', ')
    .filter((name) => name.startsWith(kind))
    .map((name) => name.slice(kind.length));
  if (names.length === 0) {
    return isIP(wanted)
      ? `cannot validate certificate for ${wanted} because it doesn't contain any IP SANs`
      : `certificate is not valid for any names, but wanted to match ${wanted}`;
  }
  if (names.length < 100) return `certificate is valid for ${names.join(', ')}, not ${wanted}`;
  return `certificate is valid for ${names.length} ${isIP(wanted) ? 'IP SANs' : 'names'}, but none matched ${wanted}`;
}

/** A failed connection in the words of Go's client, which users search for. */
export function inWordsOfGo(error: NodeJS.ErrnoException, target: HttpTarget): string {
  const name = target.tls?.serverName ?? target.host;
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
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `tls: failed to verify certificate: x509: ${otherNames(name, error)}`;
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
      return 'tls: failed to verify certificate: x509: certificate has expired or is not yet valid';
    default:
      return error.message;
  }
}
