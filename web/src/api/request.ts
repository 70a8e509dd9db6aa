/**
 * Requests to API paths, of a cluster or of the service. What is no success is thrown as an {@link ApiError}, which
 * keeps the Status that was answered. An address that does not answer is one, too, with the code 0.
 */
export interface StatusCause {
  reason?: string;
  message?: string;
  field?: string;
}

interface Status {
  code?: number;
  reason?: string;
  message?: string;
  details?: {
    name?: string;
    group?: string;
    kind?: string;
    uid?: string;
    causes?: StatusCause[];
    retryAfterSeconds?: number;
  };
}

export class ApiError extends Error {
  /** The HTTP status; 0 where there was no answer. */
  readonly code: number;
  /** `NotFound`, `Conflict`, `Invalid` … */
  readonly reason: string;
  readonly details: NonNullable<Status['details']>;

  constructor({ code = 0, reason = '', message = '', details = {} }: Status) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.reason = reason;
    this.details = details;
  }

  get causes(): readonly StatusCause[] {
    return this.details.causes ?? [];
  }
}

export interface RequestOptions {
  query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** An object goes as JSON, a text as it is. */
  body?: unknown;
  /** The type of the body, where that is not `application/json`. */
  type?: string;
  accept?: string;
  signal?: AbortSignal;
  /** Is told what the server warns of (`Warning` headers), such as a deprecated version. */
  warned?(warning: string): void;
}

/** Of a body that is a PATCH. */
export const PATCH_TYPES = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

type BodyOptions = Omit<RequestOptions, 'body'>;

export class Api {
  /** Goes before each path: `/clusters/<id>`, or nothing for the service itself. */
  readonly base: string;
  readonly #fetch: typeof fetch;

  constructor(base: string, fetcher: typeof fetch = (...args) => fetch(...args)) {
    this.base = base;
    this.#fetch = fetcher;
  }

  get<T>(path: string, options?: BodyOptions): Promise<T> {
    return this.#json('GET', path, options);
  }

  post<T>(path: string, body?: unknown, options?: BodyOptions): Promise<T> {
    return this.#json('POST', path, { ...options, body });
  }

  put<T>(path: string, body: unknown, options?: BodyOptions): Promise<T> {
    return this.#json('PUT', path, { ...options, body });
  }

  patch<T>(path: string, kind: keyof typeof PATCH_TYPES, body: unknown, options?: BodyOptions): Promise<T> {
    return this.#json('PATCH', path, { ...options, body, type: PATCH_TYPES[kind] });
  }

  /** `body`: DeleteOptions. */
  delete<T>(path: string, body?: unknown, options?: BodyOptions): Promise<T> {
    return this.#json('DELETE', path, { ...options, body });
  }

  /** The whole answer, for streams and texts. */
  async request(method: string, path: string, options: RequestOptions = {}): Promise<Response> {
    const { body, type = 'application/json', accept, signal, warned } = options;
    const headers: Record<string, string> = { ...(accept && { Accept: accept }) };
    if (body !== undefined) headers['Content-Type'] = type;
    const sent = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const address = `${this.base}${withQuery(path, options.query)}`;
    const response = await this.#fetch(address, { method, headers, body: sent, signal }).catch((error: unknown) => {
      if (signal?.aborted) throw error;
      throw new ApiError({ reason: 'NoAnswer', message: String(error) });
    });
    for (const warning of warningsIn(response.headers.get('warning') ?? '')) warned?.(warning);
    if (!response.ok) throw errorFrom(await response.text(), response.status);
    return response;
  }

  async #json<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
    const response = await this.request(method, path, { accept: 'application/json', ...options });
    const text = await response.text();
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }
}

function withQuery(path: string, query: RequestOptions['query'] = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) params.set(name, String(value));
  if (params.size === 0) return path;
  return `${path}${path.includes('?') ? '&' : '?'}${params}`;
}

/** An answer that is no Status is its own message: a proxy's page, or nothing. */
export function errorFrom(text: string, code: number): ApiError {
  try {
    const status = JSON.parse(text) as Status;
    if (typeof status.message === 'string' && status.message !== '') return new ApiError({ ...status, code });
  } catch {
    // a text
  }
  return new ApiError({ code, message: text || `the server answered ${code}` });
}

/** `299 - "text", 299 - "another"` → their texts. */
export function warningsIn(header: string): string[] {
  const found = header.matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g);
  return [...found].map(([, quoted = '']) => quoted.replace(/\\(.)/g, '$1'));
}
