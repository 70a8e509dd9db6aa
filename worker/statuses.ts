/**
 * Errors the edge answers itself, as `metav1.Status` in upstream's words (apimachinery `pkg/api/errors`, apiserver
 * `responsewriters`).
 */

import { timeoutProblem } from '../kube/machinery/request-timeout.ts';
import { failure, type Status } from '../kube/machinery/status.ts';
import { yamlText } from '../kube/machinery/yaml-text.ts';
import { NO_CLUSTER } from '../wire/identity.ts';
import { PROTOBUF_TYPE } from '../wire/protobuf.ts';
import { type EdgeRequest, type EdgeResponse, respond } from './env.ts';
import { locate, queryValue } from './location.ts';
import { sharedEncoder } from './protobuf/events.ts';

const CACHE = { 'Cache-Control': 'no-cache, private' };

/** The Status of each answer that was made here, and its headers: {@link negotiated} prints it anew. */
const made = new WeakMap<EdgeResponse, { status: Status; headers: Record<string, string> }>();

export function statusResponse(status: Status, headers: Record<string, string> = {}): EdgeResponse {
  const answer = respond(`${JSON.stringify(status)}\n`, {
    status: status.code,
    headers: { 'Content-Type': 'application/json', ...CACHE, ...headers },
  });
  made.set(answer, { status, headers });
  return answer;
}

/** The Status of an answer that was made here: no other server's. */
export function statusOf(answer: EdgeResponse): Status | undefined {
  return made.get(answer)?.status;
}

/**
 * An error of the edge in the format that its client accepts. One that accepts none of the formats gets indented JSON, as
 * from `ErrorNegotiated` in apiserver `pkg/endpoints/handlers/responsewriters`.
 */
export function negotiated(answer: EdgeResponse, accept: string | null): EdgeResponse {
  if (answer.status < 400 || accept === null || accept === '' || accept === 'application/json') return answer;
  const found = made.get(answer);
  const format = found && formatOf(accept);
  if (!found || format === 'application/json') return answer;
  const { status, headers } = found;
  const print = (type: string, body: BodyInit) =>
    respond(body, { status: status.code, headers: { 'Content-Type': type, ...CACHE, ...headers } });
  if (format === PROTOBUF_TYPE) {
    return print(format, sharedEncoder().object(new TextEncoder().encode(JSON.stringify(status))) as BodyInit);
  }
  if (format === 'application/yaml') return print(format, yamlText(status));
  return print('application/json', JSON.stringify(status, undefined, 2));
}

const FORMATS = ['application/json', 'application/yaml', PROTOBUF_TYPE];

/** The first format of the client's that is spoken here; undefined for none. */
function formatOf(accept: string): string | undefined {
  const ranges = accept.split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    return { type, weight: weight === undefined ? 1 : Number(weight) };
  });
  ranges.sort((a, b) => b.weight - a.weight);
  for (const { type } of ranges) {
    if (type === '*/*' || type === 'application/*') return FORMATS[0];
    if (FORMATS.includes(type)) return type;
  }
  return undefined;
}

export const unauthorized = (): EdgeResponse => statusResponse(failure('Unauthorized', 'Unauthorized'));

export const notFound = (): EdgeResponse =>
  statusResponse(withDetails(failure('NotFound', 'the server could not find the requested resource')));

export const methodNotAllowed = (): EdgeResponse =>
  statusResponse(
    withDetails(failure('MethodNotAllowed', 'the server does not allow this method on the requested resource')),
  );

/** The path is answered in JSON alone. */
export const notAcceptable = (): EdgeResponse =>
  statusResponse(
    withDetails(failure('NotAcceptable', `406: Not Acceptable\n\nAvailable representations: ${JSON_ALONE}`)),
  );

const JSON_ALONE = 'application/json';

/** With its fields in the order of upstream's. */
export function withDetails({ code, ...status }: Status): Status {
  return { ...status, details: {}, code };
}

/** In the words of the object itself. */
export const tooManyRequests = (): EdgeResponse =>
  statusResponse(
    {
      ...failure('TooManyRequests', 'Too many requests, please try again later.'),
      details: { retryAfterSeconds: 1 },
    },
    { 'Retry-After': '1' },
  );

/**
 * The answer where an object could not be asked. One that has too much to do has not taken the request up: it can be
 * sent again.
 */
export function failed(error: unknown): EdgeResponse {
  const { overloaded } = (error ?? {}) as { overloaded?: unknown };
  if (overloaded === true) return tooManyRequests();
  return statusResponse(failure('InternalError', 'Internal error occurred: the edge could not answer'));
}

/** The runtime's error for a connection, also that of a client that leaves in the middle of its body. */
export function isLost(error: unknown): boolean {
  return error instanceof Error && error.message === 'Network connection lost.';
}

/**
 * The log's words about an error. The end of a connection over which a body was passed on is mostly the client's doing,
 * and its stack says nothing.
 */
export function logged(error: unknown, { method, url, body }: Pick<EdgeRequest, 'method' | 'url' | 'body'>): unknown {
  if (!isLost(error) || body === null) return error;
  return `${method} ${pathOf(url)}: the client left before the end of its body, or the cluster's object was lost`;
}

/** The path without host and query, which may be long, or hold secrets. */
function pathOf(url: string): string {
  return locate(url).path.slice(0, MAX_LOGGED_PATH);
}

const MAX_LOGGED_PATH = 200;

export const noCluster = (): EdgeResponse => statusResponse(failure('NotFound', NO_CLUSTER));

/** `limitedReadBody` of upstream's apiserver (`endpoints/handlers/rest.go`). */
export const MAX_BODY_BYTES = 3 * 1024 * 1024;
export const tooLarge = (): EdgeResponse =>
  statusResponse(failure('RequestEntityTooLarge', `Request entity too large: limit is ${MAX_BODY_BYTES}`));

/** The answer to a malformed `timeout`. The pipeline says the same of those that reach it. */
export function refuseTimeout(query: string): EdgeResponse | undefined {
  const problem = timeoutProblem(queryValue(query, 'timeout'));
  return problem === undefined ? undefined : statusResponse(failure('BadRequest', problem));
}
