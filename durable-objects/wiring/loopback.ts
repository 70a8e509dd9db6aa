/** The API for the cluster's own parts: the same requests as every client's, without a network. */
import { failure, type Reason, type Status } from '../../kube/machinery/status.ts';
import type { StreamSpec } from '../../wire/stream.ts';
import {
  type ClientCertificate,
  type Outbound,
  OutboundError,
  type OutboundRequest,
  unreachable,
} from '../apiserver/outbound.ts';
import type { ApiServer } from '../apiserver/pipeline.ts';
import type { ApiAnswer, ApiRequest, StreamAnswer } from '../apiserver/request.ts';
import type { RequestPort } from '../controllers/runtime/ports.ts';

/**
 * The way into the API server (upstream's loopback client). Parts of the cluster hold it before the server is made,
 * because the server needs some of them; nothing is sent before {@link connect}.
 */
export class Loopback implements RequestPort {
  #api: Pick<ApiServer, 'handle' | 'inFlight'> | undefined;
  #outbound: Outbound = unreachable;
  #frontProxy: ClientCertificate | undefined;

  /** `outbound`: the way to aggregated APIs; `frontProxy`: the client certificate that they are shown. */
  connect(
    api: Pick<ApiServer, 'handle' | 'inFlight'>,
    outbound: Outbound = unreachable,
    frontProxy?: ClientCertificate,
  ): void {
    this.#api = api;
    this.#outbound = outbound;
    this.#frontProxy = frontProxy;
  }

  handle(request: ApiRequest): Promise<ApiAnswer> {
    if (!this.#api) throw new Error('the API server is not connected yet');
    return this.#api.handle(request);
  }

  /** Requests under way. */
  inFlight(): number {
    return this.#api?.inFlight() ?? 0;
  }

  async request({
    user,
    groups = ['system:authenticated'],
    method,
    path,
    query = '',
    contentType = 'application/json',
    accept = 'application/json',
    body,
    cause,
  }: Parameters<RequestPort['request']>[0]): ReturnType<RequestPort['request']> {
    const answer = await this.handle({
      method,
      path,
      query,
      header: (name) => (name === 'content-type' ? contentType : undefined),
      body: body === undefined ? undefined : JSON.stringify(body),
      user: { name: user, groups },
      cause,
    });
    // Most callers of a write need no more than that it was made.
    if (answer.type === 'response' && answer.status < 400 && typeof answer.body === 'string')
      return readOnce(answer.body);
    const { status, text, type } = await this.#textOf(answer, { method, path, accept, contentType });
    if (type?.startsWith('text/plain') && (status === 503 || status === 404)) {
      return { ok: false, status: failure(status === 503 ? 'ServiceUnavailable' : 'NotFound', text.trim()) };
    }
    const object = objectOf(text);
    if (status < 400 && (object || text === '')) return { ok: true, object };
    // An aggregated API may answer anything.
    if (status >= 400 && object?.kind === 'Status') return { ok: false, status: object as unknown as Status };
    const told = JSON.stringify(text.trim().slice(0, 2048) || 'unknown');
    const message = `an error on the server (${told}) has prevented the request from succeeding`;
    return { ok: false, status: failure(REASONS.get(status) ?? 'InternalError', message) };
  }

  async #textOf(answer: ApiAnswer, sent: Sent): Promise<{ status: number; text: string; type?: string }> {
    if (answer.type === 'response') {
      const text = typeof answer.body === 'string' ? answer.body : [...answer.body].join('');
      return { status: answer.status, text, type: answer.headers['content-type'] };
    }
    if (answer.type !== 'stream' || !answer.http?.isFrontProxy)
      throw new Error(`${sent.method} ${sent.path} answered a ${answer.type}`);
    try {
      const { status, body, headers } = await this.#outbound({ ...passedOn(answer, sent), client: this.#frontProxy });
      return { status, text: body, type: headers['content-type'] };
    } catch (error) {
      if (!(error instanceof OutboundError)) throw error;
      return { status: 503, text: `error trying to reach service: ${error.message}`, type: 'text/plain' };
    }
  }
}

/** A success of this API server, whose object is read on first use. */
function readOnce(text: string): { ok: true; readonly object: unknown } {
  let object: unknown;
  let isRead = false;
  return {
    ok: true,
    get object() {
      if (!isRead) object = objectOf(text);
      isRead = true;
      return object;
    },
  };
}

/** undefined for text that is no object in JSON. */
function objectOf(text: string): Partial<Status> | undefined {
  try {
    const object = JSON.parse(text) as Partial<Status> | null;
    return typeof object === 'object' && object !== null ? object : undefined;
  } catch {
    return undefined;
  }
}

const TIMEOUT_MS = 10_000;

/** Of answers without a Status (client-go `rest`, newUnstructuredResponseError). */
const REASONS: ReadonlyMap<number, Reason> = new Map([
  [404, 'NotFound'],
  [405, 'MethodNotAllowed'],
  [503, 'ServiceUnavailable'],
]);

interface Sent {
  method: string;
  path: string;
  accept: string;
  contentType: string;
}

/** The call of an aggregated API that clients' requests are passed on with, made by this cluster itself. */
function passedOn({ stream, http, body }: StreamAnswer, { method, accept, contentType }: Sent): OutboundRequest {
  const { target } = stream as Extract<StreamSpec, { kind: 'http' }>;
  const { host, ...headers } = http?.headers ?? {};
  const [, name = '', namespace = '', port = ''] = /^([^.]+)\.([^.]+)\.svc:(\d+)$/.exec(String(host)) ?? [];
  const { caBundle, insecure } = target.tls ?? {};
  return {
    to: { service: { namespace, name, port: Number(port), path: http?.path ?? '' } },
    ...(caBundle === undefined ? {} : { caBundle }),
    ...(insecure ? { insecure } : {}),
    method: method as OutboundRequest['method'],
    headers: { accept, ...(body === undefined ? {} : { 'content-type': contentType }), ...headers },
    ...(body === undefined ? {} : { body }),
    timeoutMs: TIMEOUT_MS,
  };
}
