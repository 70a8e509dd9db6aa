/** Between the runtime's requests and responses and the pipeline's plain ones. */
import type { Request as CfRequest, Response as CfResponse } from '@cloudflare/workers-types';
import { REQUEST_TIMEOUT_MS, withinTimeout } from '../../../kube/machinery/request-timeout.ts';
import { failure, type Status } from '../../../kube/machinery/status.ts';
import { acceptsGzip, GZIP_THRESHOLD, LONG_HEADER } from '../../../wire/compression.ts';
import { NO_CLUSTER, REFUSAL_HEADER, type Refusal } from '../../../wire/identity.ts';
import { statusOf, tooManyRequests } from '../../apiserver/errors.ts';
import type { ApiRequest, ApiResponse, Credential, UserInfo } from '../../apiserver/request.ts';

/** The index at which the path of `http://cluster/…` begins. */
const ORIGIN = 'http://cluster'.length;
/**
 * Code units sent at a time; shorter answers are sent in one piece. Strings over some 120 KB are large objects in V8's
 * heap, which stay until a full collection: with pieces of 700 KB a LIST touched as much new memory as it sent, and
 * that was most of its cost.
 */
const PIECE = 64 * 1024;

/** The client's headers that the Worker hands on, by name in lower case. */
export type ForwardedHeaders = Readonly<Record<string, string | undefined>>;

export interface Target {
  path: string;
  query: string;
}

/** `sent`: the path of a client where a URL has another ({@link PATH_HEADER}). */
export function targetOf(url: string, sent?: string | null): Target {
  const question = url.indexOf('?', ORIGIN);
  if (question < 0) return { path: sent ?? url.slice(ORIGIN), query: '' };
  return { path: sent ?? url.slice(ORIGIN, question), query: url.slice(question + 1) };
}

const utf8 = new TextEncoder();
const BYTE_ORDER_MARK = '\uFEFF';

/**
 * The text of a body. The runtime drops a byte order mark, which is put back because the decoder must refuse it.
 * Reading bytes and decoding them here would cost as much again.
 */
export async function textOf(request: Pick<CfRequest, 'method' | 'headers' | 'text'>): Promise<string> {
  const text = await request.text();
  const missing = bodySize(request) - text.length;
  // A text with as many code units as bytes is ASCII, without a mark.
  if (missing <= 0) return text;
  return bodySize(request) - utf8.encode(text).length === 3 ? BYTE_ORDER_MARK + text : text;
}

export function apiRequest(
  request: CfRequest,
  target: Target,
  { user, credential }: { user: UserInfo; credential: Credential },
  headers: ForwardedHeaders,
  body?: string,
): ApiRequest {
  return {
    method: request.method,
    ...target,
    header: (name) => headers[name],
    // In YAML, what looks like an escape may be a text, and its reader refuses those that are halves.
    body: body && !headers['content-type']?.toLowerCase().includes('yaml') ? wellFormed(body) : body,
    user,
    credential,
  };
}

const ESCAPE = /\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[dD][89a-fA-F][0-9a-fA-F]{2}|.)/gs;

/** Half of a surrogate pair, which only an escape can bring here, is no character: Go puts U+FFFD in its place. */
export function wellFormed(json: string): string {
  if (!json.includes('\\ud') && !json.includes('\\uD')) return json;
  return json.replace(ESCAPE, (found) => (found.length === 6 ? '\\ufffd' : found));
}

/** `pause` lets other requests have their turn; `after` is {@link withinTimeout}'s. */
export async function toResponse(
  { status, headers, body, isBytes }: ApiResponse,
  pause: Pause,
  after: After,
  acceptEncoding: string | null = null,
): Promise<CfResponse> {
  if (isBytes) {
    const text = typeof body === 'string' ? body : [...body].join('');
    const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0));
    if (acceptsGzip(acceptEncoding) && bytes.length > GZIP_THRESHOLD) headers[LONG_HEADER] = '1';
    return new Response(bytes, { status, headers }) as unknown as CfResponse;
  }
  const payload = status === 304 ? null : typeof body === 'string' ? body : await gather(body, pause, after);
  if (acceptsGzip(acceptEncoding) && isLong(payload)) headers[LONG_HEADER] = '1';
  return new Response(payload, { status, headers }) as unknown as CfResponse;
}

/** The length of a stream is not known, and it is no short one. */
function isLong(payload: string | ReadableStream | null): boolean {
  return typeof payload === 'string' ? payload.length > GZIP_THRESHOLD : payload !== null;
}

export function statusResponse(status: Status, more: Record<string, string> = {}): CfResponse {
  const headers = { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache, private', ...more };
  return new Response(`${JSON.stringify(status)}\n`, { status: status.code, headers }) as unknown as CfResponse;
}

/** Bytes; the edge lets no body through whose length it does not know. */
export function bodySize({ method, headers }: Pick<CfRequest, 'method' | 'headers'>): number {
  return method === 'GET' ? 0 : Number(headers.get('content-length') ?? 0);
}

/** Too many bodies at once. The body is read to its end: a client that is still sending would not see the answer. */
export async function refuseBody(
  { body }: Pick<CfRequest, 'body'>,
  after: After,
  status: Status = statusOf(tooManyRequests()),
): Promise<CfResponse> {
  const read = async (): Promise<void> => {
    for await (const _ of body ?? []);
  };
  await withinTimeout(read(), after);
  return tooMany(status);
}

/** 429, with the time at which the client may come again. */
function tooMany(status: Status): CfResponse {
  return statusResponse(status, { 'Retry-After': String(status.details?.retryAfterSeconds ?? 1) });
}

/** `refusal`: the token will never count again, and the edge may remember that. */
export const unauthorized = (refusal?: Refusal): CfResponse =>
  statusResponse(failure('Unauthorized', 'Unauthorized'), refusal && { [REFUSAL_HEADER]: refusal });
/** `isFinal`: the cluster never comes back, which the edge may remember. */
export const noCluster = (isFinal = true): CfResponse =>
  statusResponse(
    failure('NotFound', NO_CLUSTER),
    isFinal ? { [REFUSAL_HEADER]: 'cluster-deleted' satisfies Refusal } : {},
  );

export const after = (milliseconds: number, run: () => void): (() => void) => {
  const timer = setTimeout(run, milliseconds);
  return () => clearTimeout(timer);
};

/** Resolves after other requests had their turn. */
export const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

type Pause = () => Promise<void>;

type After = Parameters<typeof withinTimeout>[1];

/** An answer is looked at this often, as a timer for every piece of it would cost as much as the piece. */
const LOOK_MS = REQUEST_TIMEOUT_MS / 2;
/** Looks in a row without a read, after which an answer is broken off. The first may come right after a read. */
const MAX_UNREAD_LOOKS = 3;

/**
 * Short answers as text; long ones as a stream that makes the next piece when it is asked for it. One that is not read
 * on for as long as a request may take, or half as long again, is broken off, as upstream breaks off what has taken so
 * long: it holds a piece, and what the next is made of.
 */
async function gather(
  pieces: Iterable<string>,
  pause: Pause,
  after: After,
): Promise<string | ReadableStream<Uint8Array>> {
  const iterator = pieces[Symbol.iterator]();
  let first = '';
  for (;;) {
    const { text, next } = take(iterator, PIECE - first.length);
    first += text;
    if (next === 'end') return first;
    if (next === 'more') break;
    await pause();
  }
  const encoder = new TextEncoder();
  let pending: string | undefined = first;
  let owesPause = false;
  let unreadLooks = 0;
  let stopLooking = (): void => {};
  const lookAgain = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
    stopLooking = after(LOOK_MS, () => {
      if (++unreadLooks < MAX_UNREAD_LOOKS) return lookAgain(controller);
      pending = undefined;
      iterator.return?.();
      controller.error(new Error('the answer was not read on'));
    });
  };
  const takeNext = (): Piece => {
    try {
      return take(iterator, PIECE);
    } catch (error) {
      stopLooking();
      throw error;
    }
  };
  /** Without a promise, unless others are to have their turn: it runs for every piece of every list. */
  const pull = (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> | undefined => {
    unreadLooks = 0;
    if (owesPause) {
      owesPause = false;
      return pause().then(() => pull(controller));
    }
    const { text, next } = pending === undefined ? takeNext() : { text: pending, next: 'more' };
    pending = undefined;
    owesPause = next === 'pause';
    if (text !== '') controller.enqueue(encoder.encode(text));
    if (next === 'end') {
      stopLooking();
      controller.close();
    } else if (text === '') {
      return pull(controller);
    }
    return undefined;
  };
  return new ReadableStream<Uint8Array>(
    {
      start: lookAgain,
      pull,
      cancel() {
        stopLooking();
        iterator.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}

interface Piece {
  text: string;
  /** `pause`: an empty piece asks that others have their turn before the next. */
  next: 'more' | 'pause' | 'end';
}

function take(iterator: Iterator<string>, size: number): Piece {
  let text = '';
  while (text.length < size) {
    const { value, done } = iterator.next();
    if (done) return { text, next: 'end' };
    if (value === '') return { text, next: 'pause' };
    text += value;
  }
  return { text, next: 'more' };
}
