/**
 * Errors the edge answers itself, as `metav1.Status` in upstream's words (apimachinery `pkg/api/errors`, apiserver
 * `responsewriters`).
 */
import { timeoutProblem } from '../kube/machinery/request-timeout.ts';
import { failure, type Status } from '../kube/machinery/status.ts';
import { NO_CLUSTER } from '../wire/identity.ts';
import { type EdgeResponse, respond } from './env.ts';
import { queryValue } from './location.ts';

export function statusResponse(status: Status, headers: Record<string, string> = {}): EdgeResponse {
  return respond(`${JSON.stringify(status)}\n`, {
    status: status.code,
    headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache, private', ...headers },
  });
}

export const unauthorized = (): EdgeResponse => statusResponse(failure('Unauthorized', 'Unauthorized'));

export const notFound = (): EdgeResponse =>
  statusResponse({
    ...failure('NotFound', 'the server could not find the requested resource'),
    details: {},
  });

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
