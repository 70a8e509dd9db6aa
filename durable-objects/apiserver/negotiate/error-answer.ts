/** The answer to a request that failed: a Status in the format that the client accepts, or a page of text. */
import type { ApiError } from '../errors.ts';
import { statusOf } from '../errors.ts';
import type { ApiRequest, ApiResponse } from '../request.ts';
import { type Accepted, accept, JSON_OBJECT } from './accept.ts';
import { page, response } from './respond.ts';

export function errorAnswer(error: ApiError, request: ApiRequest): ApiResponse {
  const { isPage, noSniff, retryAfter } = error.options;
  if (isPage) return page(error.code, error.message);
  const format = errorFormat(request.header('accept'));
  const status = statusOf(error);
  const answer = response(error.code, JSON.stringify(status), format ?? JSON_OBJECT);
  // `WriteRawJSON` of upstream's indents, and ends no line.
  if (!format) answer.body = JSON.stringify(status, undefined, 2);
  if (noSniff) answer.headers['x-content-type-options'] = 'nosniff';
  // The details may be another server's, as those of a webhook.
  const after = retryAfter ?? error.options.details?.retryAfterSeconds ?? 0;
  if (after > 0) answer.headers['retry-after'] = String(after);
  return answer;
}

const WILDCARD = /^\s*(application\/)?\*\s*(;|$)/;

/** The format for an error; undefined for a client whose `Accept` names none, which is sent indented JSON. */
function errorFormat(header: string | undefined): Accepted | undefined {
  // An error has one shape, so tables and metadata alone (`as=`) are not looked for.
  const plain = header?.includes('as=')
    ? header
        .split(',')
        .filter((range) => !range.includes('as='))
        .join()
    : header;
  if (plain === '' && header !== '') return undefined;
  try {
    return accept(plain);
  } catch {
    // Wildcards that are refused for resources do for errors.
    return plain?.split(',').some((range) => WILDCARD.test(range)) ? JSON_OBJECT : undefined;
  }
}
