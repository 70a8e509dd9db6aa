/** Requests to the cluster: HTTPS with a pinned CA, connections kept, and an answer or an {@link ApiError}. */
import { type IncomingMessage, Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import type { Status } from '../../kube/machinery/status.ts';

export interface Api {
  /** Resolves with the decoded answer. `body` is printed as JSON. */
  request<T>(method: Method, path: string, body?: unknown, contentType?: string): Promise<T>;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export const STRATEGIC_MERGE = 'application/strategic-merge-patch+json';

export class ApiError extends Error {
  /** HTTP status; 0 when there was no answer. */
  readonly code: number;
  readonly status: Status | undefined;

  /** `cause`: why there was no answer. */
  constructor(code: number, message: string, status?: Status, cause?: Error) {
    super(message, { cause });
    this.code = code;
    this.status = status;
  }
}

export interface ClientOptions {
  /** `https://host:port/clusters/id` */
  server: string;
  token(): string;
  /** PEM; undefined: the system's roots. */
  ca?: string;
  userAgent: string;
  /** Milliseconds of silence after which a request has failed; 30 seconds when absent. */
  timeout?: number;
}

const TIMEOUT = 30_000;

export class ApiClient implements Api {
  readonly #options: ClientOptions;
  readonly #base: URL;
  readonly #agent: PlainAgent;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#base = new URL(options.server);
    const kept = { keepAlive: true, maxSockets: 8 };
    this.#agent =
      this.#base.protocol === 'https:' ? new TlsAgent({ ...kept, ...trust(options.ca) }) : new PlainAgent(kept);
  }

  async request<T>(method: Method, path: string, body?: unknown, contentType = 'application/json'): Promise<T> {
    try {
      return await this.#once<T>(method, path, body, contentType);
    } catch (error) {
      if (method !== 'GET' || !(error instanceof ClosedMeanwhile)) throw error;
      return await this.#once<T>(method, path, body, contentType);
    }
  }

  #once<T>(method: Method, path: string, body: unknown, contentType: string): Promise<T> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers: Record<string, string> = {
      authorization: `Bearer ${this.#options.token()}`,
      accept: 'application/json',
      'user-agent': this.#options.userAgent,
    };
    if (text !== undefined) {
      headers['content-type'] = contentType;
      headers['content-length'] = String(Buffer.byteLength(text));
    }
    const send = this.#base.protocol === 'https:' ? tlsRequest : plainRequest;
    return new Promise((resolve, reject) => {
      const request = send(
        {
          agent: this.#agent,
          method,
          headers,
          host: this.#base.hostname.replace(/^\[|\]$/g, ''),
          port: this.#base.port || (this.#base.protocol === 'https:' ? 443 : 80),
          path: this.#base.pathname.replace(/\/$/, '') + path,
          timeout: this.#options.timeout ?? TIMEOUT,
        },
        (response) => readAnswer<T>(response, `${method} ${path}`).then(resolve, reject),
      );
      request.on('timeout', () => request.destroy(new Silence('the server does not answer')));
      request.on('error', (error: NodeJS.ErrnoException) => {
        const wasClosed = request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
        const Failure = wasClosed ? ClosedMeanwhile : ApiError;
        reject(new Failure(0, `${method} ${path}: ${reasonOf(error)}`, undefined, error));
      });
      request.end(text);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** The other side had closed a kept connection before the request came: a read is safe to send once more. */
class ClosedMeanwhile extends ApiError {}

/** An error without words of the system's own, with the code that the system would give it. */
export class Silence extends Error {
  readonly code = 'ETIMEDOUT';
}

/** The error's words. One of a host with several addresses has none of its own. */
export function reasonOf(error: Error & { code?: string; errors?: Error[] }): string {
  return error.message || error.errors?.map(({ message }) => message).join(', ') || (error.code ?? 'no answer');
}

/** TLS options that trust this certificate, whether it is a root or not, and nothing else. */
export function trust(ca: string | undefined): { ca?: string; allowPartialTrustChain?: boolean } {
  return ca ? { ca, allowPartialTrustChain: true } : {};
}

async function readAnswer<T>(response: IncomingMessage, what: string): Promise<T> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of response) chunks.push(chunk as Buffer);
  } catch (error) {
    throw new ApiError(0, `${what}: ${(error as Error).message}`);
  }
  const text = Buffer.concat(chunks).toString();
  const code = response.statusCode ?? 0;
  const parsed = parse(text);
  if (code >= 200 && code < 300) return parsed as T;
  const status = (parsed as Status | undefined)?.kind === 'Status' ? (parsed as Status) : undefined;
  throw new ApiError(code, status?.message ?? `${what}: ${code} ${text.slice(0, 200)}`, status);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
