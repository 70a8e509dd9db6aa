/** Requests to the API: JSON in and out, failures as Status errors, warnings told. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { Status } from '../../../../kube/machinery/status.ts';
import { CommandError, PlainError, StatusError } from '../errors.ts';
import type { Api } from '../ports.ts';

export interface RequestOptions {
  method?: string;
  query?: Readonly<Record<string, string | undefined>>;
  body?: unknown;
  contentType?: string;
  accept?: string;
}

export const TABLE_TYPE =
  'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json';

export interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: KubeObject;
}

export class Client {
  readonly #api: Api;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #signal: AbortSignal;
  readonly #warn: (text: string) => void;
  readonly #warned = new Set<string>();

  constructor(api: Api, signal: AbortSignal, headers: Readonly<Record<string, string>>, warn: (text: string) => void) {
    this.#api = api;
    this.#signal = signal;
    this.#headers = headers;
    this.#warn = warn;
  }

  /** The answer of a success; throws StatusError for any other. */
  async send(path: string, options: RequestOptions = {}, signal = this.#signal): Promise<Response> {
    const { method = 'GET', query = {}, body, contentType = 'application/json', accept = 'application/json' } = options;
    const params = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) if (value !== undefined) params.set(name, value);
    const search = params.size > 0 ? `?${params}` : '';
    const headers: Record<string, string> = { ...this.#headers, Accept: accept };
    if (body !== undefined) headers['Content-Type'] = contentType;
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    let response: Response;
    try {
      response = await this.#api.fetch(`${path}${search}`, { method, headers, body: text, signal });
    } catch (error) {
      if (signal.aborted) throw new PlainError('', 130);
      throw new PlainError(`Unable to connect to the server: ${(error as Error).message}`);
    }
    this.#tellWarnings(response.headers.get('Warning'));
    if (!response.ok) throw new StatusError(statusOf(await response.text(), response.status, method));
    return response;
  }

  async json<T = KubeObject>(path: string, options: RequestOptions = {}): Promise<T> {
    const text = await this.text(path, options);
    try {
      return JSON.parse(text) as T;
    } catch {
      throw new CommandError(`the server answered ${path} with something else than JSON`);
    }
  }

  async text(path: string, options: RequestOptions = {}): Promise<string> {
    return (await this.send(path, options)).text();
  }

  get<T = KubeObject>(path: string, query: RequestOptions['query'] = {}): Promise<T> {
    return this.json<T>(path, { query });
  }

  create(path: string, body: unknown, query: RequestOptions['query'] = {}): Promise<KubeObject> {
    return this.json(path, { method: 'POST', body, query });
  }

  replace(path: string, body: unknown, query: RequestOptions['query'] = {}): Promise<KubeObject> {
    return this.json(path, { method: 'PUT', body, query });
  }

  patch(path: string, type: PatchType, body: unknown, query: RequestOptions['query'] = {}): Promise<KubeObject> {
    return this.json(path, { method: 'PATCH', body, query, contentType: PATCH_TYPES[type] });
  }

  remove(path: string, body: unknown, query: RequestOptions['query'] = {}): Promise<KubeObject> {
    return this.json(path, { method: 'DELETE', body, query });
  }

  /** Ends with the server's connection. */
  async *watch(path: string, options: RequestOptions, signal = this.#signal): AsyncGenerator<WatchEvent> {
    const query = { ...options.query, watch: 'true' };
    const response = await this.send(path, { ...options, query }, signal);
    for await (const line of lines(response, signal)) {
      const event = JSON.parse(line) as WatchEvent;
      if (event.type === 'ERROR') throw new StatusError(event.object as unknown as Status);
      yield event;
    }
  }

  #tellWarnings(header: string | null): void {
    for (const [, quoted = ''] of (header ?? '').matchAll(/299 \S+ "((?:\\.|[^"\\])*)"/g)) {
      const text = quoted.replace(/\\(.)/g, '$1');
      if (this.#warned.has(text)) continue;
      this.#warned.add(text);
      this.#warn(`Warning: ${text}\n`);
    }
  }
}

export const PATCH_TYPES = {
  strategic: 'application/strategic-merge-patch+json',
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;
export type PatchType = keyof typeof PATCH_TYPES;

/** Lines of an answer as they come. Ends quietly when the signal is aborted. */
export async function* lines(response: Response, signal: AbortSignal): AsyncGenerator<string> {
  let rest = '';
  for await (const text of texts(response, signal)) {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) if (line !== '') yield line;
  }
  if (rest !== '') yield rest;
}

/** Pieces of an answer as they come. Ends quietly when the signal is aborted. */
export async function* texts(response: Response, signal: AbortSignal): AsyncGenerator<string> {
  const reader = response.body?.getReader();
  if (!reader) return;
  const decoder = new TextDecoder();
  const stop = (): void => void reader.cancel().catch(() => {});
  signal.addEventListener('abort', stop, { once: true });
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield decoder.decode(value, { stream: true });
    }
  } catch (error) {
    if (!signal.aborted) throw new PlainError(`error: the connection broke: ${(error as Error).message}`);
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

const GENERIC: Readonly<Record<number, [reason: string, message: string]>> = {
  401: ['Unauthorized', 'the server has asked for the client to provide credentials'],
  403: ['Forbidden', 'unknown'],
  404: ['NotFound', 'the server could not find the requested resource'],
  405: ['MethodNotAllowed', 'the server does not allow this method on the requested resource'],
  413: ['RequestEntityTooLarge', 'request too large'],
  429: ['TooManyRequests', 'the server has received too many requests and has asked us to try again later'],
  503: ['ServiceUnavailable', 'the server is currently unable to handle the request'],
};

function statusOf(text: string, code: number, method: string): Partial<Status> {
  try {
    const parsed = JSON.parse(text) as Partial<Status>;
    if (parsed.kind === 'Status') return parsed;
  } catch {
    // Not a Status: the code says what there is to say.
  }
  const [reason, message] = GENERIC[code] ?? [
    'InternalError',
    `an error on the server (${JSON.stringify(text)}) has prevented the request (${method}) from succeeding`,
  ];
  return { reason: reason as Status['reason'], message, code };
}
